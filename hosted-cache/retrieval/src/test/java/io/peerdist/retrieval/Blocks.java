// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.SplittableRandom;

/** Segment identifiers and ciphertext for tests; what looks random follows from a number. */
final class Blocks {
    static final int V2_CIPHERTEXT_BYTES = 131_072 + 16;

    private Blocks() {}

    static SegmentId id(int number) {
        return SegmentId.of(bytes(number, 32));
    }

    static byte[] bytes(int number, int count) {
        byte[] octets = new byte[count];
        new SplittableRandom(number).nextBytes(octets);
        return octets;
    }

    static byte[] iv(int number) {
        return bytes(~number, 16);
    }
}
