// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.util.SplittableRandom;

/** Segments for tests; what looks random follows from a number. */
final class Segments {
    static final int V1_BLOCK_BYTES = 65_536;

    private Segments() {}

    static SegmentId id(int number) {
        return SegmentId.of(bytes(number, 32));
    }

    static byte[] bytes(int number, int count) {
        byte[] octets = new byte[count];
        new SplittableRandom(number).nextBytes(octets);
        return octets;
    }

    /** A version 2.0 segment: one block. */
    static SegmentDescriptor v2(int number, int bytes) {
        return new SegmentDescriptor(bytes, bytes, ContentTag.BITS, HashAlgorithm.TRUNCATED_SHA_512, id(number));
    }

    /** A version 1.0 segment: blocks of 64 KiB. */
    static SegmentDescriptor v1(int number, int bytes) {
        return new SegmentDescriptor(V1_BLOCK_BYTES, bytes, ContentTag.WININET, HashAlgorithm.SHA_256, id(number));
    }

    /** The block as a peer would send it. */
    static BlockResponse block(SegmentDescriptor segment, int index) {
        int seed = segment.id().hashCode() * 31 + index;
        int bytes = BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, segment.blockLength(index));
        return new BlockResponse(segment.id(), index, 0, CryptoAlgorithm.AES_128, bytes(seed, bytes), bytes(~seed, 16));
    }
}
