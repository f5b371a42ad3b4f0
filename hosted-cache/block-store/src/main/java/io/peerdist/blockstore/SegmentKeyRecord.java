// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a {@link SegmentKeyStore}. Big-endian:
 *
 * <pre>
 * 8 sequence number   1 version of content information
 * version 1: content information of version 1.0 that describes the segment alone
 * version 2: 4 segment length   32 hash of data   32 secret, as in content information of version 2.0
 * </pre>
 *
 * The identifier it is kept under follows from the rest, so damage cannot pass for a description.
 *
 * @param sequence which entry is older
 * @param valueBytes octets of all this
 * @param description what the segment is, or null when the octets do not say
 */
record SegmentKeyRecord(
        long sequence, int valueBytes, @Nullable SegmentDescription description) {
    private static final int HEADER_BYTES = Long.BYTES + 1;
    private static final int V2_DESCRIPTION_BYTES = 68;
    private static final int V1_FORM = 1;
    private static final int V2_FORM = 2;

    /** Content information of version 2.0 up to its only segment: MS-PCCRC 2.4, all offsets 0. */
    private static final byte[] V2_PREFIX = ByteBuffer.allocate(36)
            .put(new byte[] {0, 2, 4})
            .position(32)
            .putInt(V2_DESCRIPTION_BYTES)
            .array();

    static byte[] encode(long sequence, SegmentDescription segment) {
        if (segment.hashAlgorithm().contentInformationVersion() == V2_FORM) {
            ByteBuffer value = ByteBuffer.allocate(HEADER_BYTES + V2_DESCRIPTION_BYTES);
            value.putLong(sequence).put((byte) V2_FORM).putInt(segment.segmentBytes());
            segment.hashOfData().writeTo(value);
            segment.secret().writeTo(value);
            return value.array();
        }
        byte[] information = ContentInformationV1.of(
                        segment.hashAlgorithm(),
                        new ContentRange(segment.offsetInContent(), segment.segmentBytes()),
                        List.of(segment))
                .encode();
        return ByteBuffer.allocate(HEADER_BYTES + information.length)
                .putLong(sequence)
                .put((byte) V1_FORM)
                .put(information)
                .array();
    }

    /** Null when there is nothing, or too little to have a sequence number. */
    static @Nullable SegmentKeyRecord decode(SegmentId id, byte @Nullable [] value) {
        if (value == null || value.length < HEADER_BYTES) {
            return null;
        }
        ByteBuffer source = ByteBuffer.wrap(value);
        long sequence = source.getLong();
        SegmentDescription description = description(source.get(), source);
        boolean isOfId = description != null && description.id().equals(id);
        return new SegmentKeyRecord(sequence, value.length, isOfId ? description : null);
    }

    private static @Nullable SegmentDescription description(int form, ByteBuffer rest) {
        ByteBuffer information = rest;
        if (form == V2_FORM) {
            information = ByteBuffer.allocate(V2_PREFIX.length + rest.remaining())
                    .put(V2_PREFIX)
                    .put(rest)
                    .flip();
        }
        try {
            List<SegmentDescription> segments =
                    ContentInformation.decode(information).segments();
            return segments.size() == 1 && segments.get(0).provesHashOfData() ? segments.get(0) : null;
        } catch (MalformedMessageException e) {
            return null; // the caller counts it as damaged
        }
    }

    /** Without the description, which holds a secret. */
    @Override
    public String toString() {
        return "SegmentKeyRecord[" + sequence + ", " + valueBytes + " octets]";
    }
}
