// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the scrubber remembers over a restart. In the catalogue: passes (8), when the last ended in milliseconds since 1970
 * or 0 (8), blocks checked in this one (8), damaged ones ever (8), the last segment that was read, if any. Big-endian.
 */
record ScrubPosition(
        long passes,
        long lastPassMillis,
        long checkedBlocks,
        long damagedBlocks,
        @Nullable SegmentId last) {
    private static final int BYTES = 4 * Long.BYTES;

    static final ScrubPosition START = new ScrubPosition(0, 0, 0, 0, null);

    ScrubPosition plus(int checked, int damaged, SegmentId id) {
        return new ScrubPosition(passes, lastPassMillis, checkedBlocks + checked, damagedBlocks + damaged, id);
    }

    ScrubPosition withPassEnded(long millis) {
        return new ScrubPosition(passes + 1, millis, 0, damagedBlocks, null);
    }

    /** Ids are hashes, so their first octets tell how far it is. */
    double progress() {
        byte[] id = last == null ? new byte[2] : last.toByteArray();
        return ((id[0] & 0xFF) * 256 + (id[1] & 0xFF)) / 65536.0;
    }

    byte[] encode() {
        byte[] id = last == null ? new byte[0] : last.toByteArray();
        ByteBuffer target = ByteBuffer.allocate(BYTES + id.length);
        target.putLong(passes).putLong(lastPassMillis).putLong(checkedBlocks).putLong(damagedBlocks);
        return target.put(id).array();
    }

    /** The beginning for anything that has not been encoded here. */
    static ScrubPosition decode(byte @Nullable [] value) {
        int idBytes = value == null ? -1 : value.length - BYTES;
        if (value == null || (idBytes != 0 && idBytes != 32 && idBytes != 48 && idBytes != 64)) {
            return START;
        }
        ByteBuffer source = ByteBuffer.wrap(value);
        long passes = source.getLong();
        long lastPassMillis = source.getLong();
        long checkedBlocks = source.getLong();
        long damagedBlocks = source.getLong();
        byte[] id = new byte[idBytes];
        source.get(id);
        return new ScrubPosition(
                passes, lastPassMillis, checkedBlocks, damagedBlocks, idBytes == 0 ? null : SegmentId.of(id));
    }
}
