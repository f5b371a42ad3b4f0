// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content information that was asked for last, in memory, up to a number of octets. What a branch fetches it fetches
 * many times within minutes, and then the store need not be read. Thread-safe.
 */
final class RecentInformation {
    /** One that takes more than this share of the budget would push out too many others. */
    private static final int MAX_SHARE = 4;

    private final long maxBytes;
    private final LinkedHashMap<ByteBuffer, EncodedInformation> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    RecentInformation(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized @Nullable EncodedInformation get(byte[] key) {
        return byUse.get(ByteBuffer.wrap(key));
    }

    synchronized void put(byte[] key, EncodedInformation information) {
        if (information.lengthBytes() > maxBytes / MAX_SHARE) {
            return;
        }
        EncodedInformation replaced = byUse.put(ByteBuffer.wrap(key.clone()), information);
        bytes += information.lengthBytes() - (replaced == null ? 0 : replaced.lengthBytes());
        Iterator<Map.Entry<ByteBuffer, EncodedInformation>> leastRecent =
                byUse.entrySet().iterator();
        while (bytes > maxBytes) {
            bytes -= leastRecent.next().getValue().lengthBytes();
            leastRecent.remove();
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
