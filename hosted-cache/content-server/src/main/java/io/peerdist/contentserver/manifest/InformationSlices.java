// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts content information that is too long for an entry into content information of parts of the content. Cuts fall between
 * segments, so each segment is in one slice, with all its hashes. Stateless.
 */
final class InformationSlices {
    /** Of either version, rounded up: what is there once in each structure. */
    private static final int HEADER_BYTES = 64;

    /** ullOffsetInContent, cbSegment, cbBlockSize and cBlocks: MS-PCCRC 2.3.1. */
    private static final int V1_SEGMENT_FIELDS_BYTES = 20;

    /** cbSegment: MS-PCCRC 2.4.1.2. */
    private static final int V2_SEGMENT_FIELDS_BYTES = 4;

    private InformationSlices() {}

    /** {@code octets} itself where it fits; otherwise slices of at most {@code maxBytes} octets each. */
    static List<byte[]> of(byte[] octets, int maxBytes) {
        if (octets.length <= maxBytes) {
            return List.of(octets);
        }
        ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(octets));
        List<byte[]> slices = new ArrayList<>();
        long start = information.range().offset();
        long end = start;
        long bytes = HEADER_BYTES;
        for (SegmentDescription segment : information.segments()) {
            long more = bytesOf(segment);
            if (bytes + more > maxBytes && end > start) {
                slices.add(slice(information, start, end, maxBytes));
                start = end;
                bytes = HEADER_BYTES;
            }
            bytes += more;
            end = Math.min(segment.extent().end(), information.range().end());
        }
        slices.add(slice(information, start, end, maxBytes));
        return slices;
    }

    /** As many as {@link ManifestCodec} allows in an entry. */
    static List<byte[]> of(byte[] octets) {
        return of(octets, ManifestCodec.MAX_ENTRY_BYTES);
    }

    private static long bytesOf(SegmentDescription segment) {
        int digest = segment.hashAlgorithm().digestBytes();
        return segment.hashAlgorithm().contentInformationVersion() == 1
                ? V1_SEGMENT_FIELDS_BYTES + (2L + segment.listedBlockCount()) * digest
                : V2_SEGMENT_FIELDS_BYTES + 2L * digest;
    }

    private static byte[] slice(ContentInformation information, long start, long end, int maxBytes) {
        byte[] slice =
                information.forRange(new ContentRange(start, end - start)).encode();
        if (slice.length > maxBytes) {
            throw new IllegalArgumentException(
                    "slice: " + slice.length + " octets (expected: at most " + maxBytes + ")");
        }
        return slice;
    }
}
