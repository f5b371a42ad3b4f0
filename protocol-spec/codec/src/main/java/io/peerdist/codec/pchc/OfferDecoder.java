// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the three requests (MS-PCHC 2.2.1). */
final class OfferDecoder {
    private OfferDecoder() {}

    static HostedCacheRequest decode(ByteBuffer body) {
        WireReader in = new WireReader(OfferHeader.PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        if (in.remaining() > HostedCacheRequest.MAX_REQUEST_BYTES) {
            throw in.malformed(
                    "message",
                    0,
                    in.remaining() + " octets (expected: at most " + HostedCacheRequest.MAX_REQUEST_BYTES + ")");
        }
        int minorVersion = in.u8("MinorVersion");
        int majorVersion = in.u8("MajorVersion");
        int type = in.u16("Type");
        in.skip("Padding", OfferHeader.HEADER_PADDING_BYTES);
        int portAt = in.offset();
        int port = in.u16("Port");
        in.skip("Padding", OfferHeader.CONNECTION_PADDING_BYTES);
        checkTypeAndVersion(in, type, majorVersion, minorVersion);
        if (port == 0) {
            throw in.malformed("Port", portAt, "0 (expected: 1 to 65535)");
        }
        if (type == OfferHeader.INITIAL_OFFER) {
            return new InitialOffer(port, readHash(in));
        }
        if (type == OfferHeader.SEGMENT_INFO) {
            ContentTag tag = ContentTag.of(in.octets("ContentTag", ContentTag.BYTES));
            return new SegmentInfo(port, tag, in.octets("SegmentInformation", in.remaining()));
        }
        return readBatchedOffer(in, port);
    }

    /** Each type belongs to one version. */
    private static void checkTypeAndVersion(WireReader in, int type, int majorVersion, int minorVersion) {
        if (type < OfferHeader.INITIAL_OFFER || type > OfferHeader.BATCHED_OFFER) {
            throw in.malformed("Type", 2, type + " (expected: 1 to 3)");
        }
        int expectedMajor = type == OfferHeader.BATCHED_OFFER ? BatchedOffer.MAJOR_VERSION : InitialOffer.MAJOR_VERSION;
        if (majorVersion != expectedMajor || minorVersion != 0) {
            throw in.malformed(
                    "Version",
                    0,
                    majorVersion + "." + minorVersion + " of type " + type + " (expected: " + expectedMajor + ".0)");
        }
    }

    private static SegmentId readHash(WireReader in) {
        int length = in.remaining();
        if (length != 32 && length != 48 && length != 64) {
            throw in.malformed("Hash", in.offset(), length + " octets (expected: 32, 48 or 64)");
        }
        return SegmentId.of(in.octets("Hash", length));
    }

    private static BatchedOffer readBatchedOffer(WireReader in, int port) {
        List<SegmentDescriptor> descriptors = new ArrayList<>();
        int ignored = 0;
        do {
            if (descriptors.size() + ignored == BatchedOffer.MAX_DESCRIPTORS) {
                throw in.malformed(
                        "SegmentDescriptor",
                        in.offset(),
                        "more than " + BatchedOffer.MAX_DESCRIPTORS + " (expected: 1 to " + BatchedOffer.MAX_DESCRIPTORS
                                + ")");
            }
            SegmentDescriptor descriptor = readDescriptor(in);
            if (descriptor == null) {
                ignored++;
            } else {
                descriptors.add(descriptor);
            }
        } while (in.remaining() > 0);
        return new BatchedOffer(port, descriptors, ignored);
    }

    /** Null when nothing can be pulled by the descriptor. */
    private static @Nullable SegmentDescriptor readDescriptor(WireReader in) {
        long blockBytes = in.u32("BlockSize");
        long segmentBytes = in.u32("SegmentSize");
        int at = in.offset();
        int tagBytes = in.u16("SizeOfContentTag");
        if (tagBytes != ContentTag.BYTES) {
            throw in.malformed("SizeOfContentTag", at, tagBytes + " (expected: " + ContentTag.BYTES + ")");
        }
        ContentTag tag = ContentTag.of(in.octets("ContentTag", ContentTag.BYTES));
        HashAlgorithm algorithm = SegmentDescriptor.hashAlgorithm(in.u8("HashAlgorithm"));
        SegmentId id = SegmentId.of(in.octets("SegmentHoHoDk", SegmentDescriptor.SEGMENT_ID_BYTES));
        return algorithm != null && SegmentDescriptor.isPullable(blockBytes, segmentBytes)
                ? new SegmentDescriptor((int) blockBytes, (int) segmentBytes, tag, algorithm, id)
                : null;
    }
}
