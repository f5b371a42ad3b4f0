// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ExtentHeaderTest {
    private static final ExtentHeader HEADER = new ExtentHeader(0x2a, 1 << 20, 0x0123456789abcdefL);
    private static final int FIELD_BYTES = 28;

    @Test
    void readsWhatItWrites() {
        assertThat(ExtentHeader.decode(HEADER.encode(), 0x2a)).isEqualTo(HEADER);
    }

    @Test
    void refusesAnotherExtentsHeader() {
        assertThat(ExtentHeader.decode(HEADER.encode(), 0x2b)).isNull();
    }

    @Test
    void refusesEveryTruncation() {
        for (int bytes = 0; bytes < ExtentHeader.BYTES; bytes++) {
            assertThat(ExtentHeader.decode(HEADER.encode().limit(bytes), 0x2a)).isNull();
        }
    }

    @Test
    void refusesEveryFlippedBit() {
        for (int bit = 0; bit < FIELD_BYTES * 8; bit++) {
            ByteBuffer octets = HEADER.encode();
            octets.put(bit / 8, (byte) (octets.get(bit / 8) ^ (1 << bit % 8)));
            assertThat(ExtentHeader.decode(octets, 0x2a)).as("bit %s", bit).isNull();
        }
    }

    @Test
    void refusesLengthsThatNoExtentHas() {
        for (int bytes : new int[] {-1, 0, (256 << 10) - 1, (1 << 30) + 1}) {
            assertThat(ExtentHeader.decode(new ExtentHeader(1, bytes, 5).encode(), 1))
                    .isNull();
        }
    }
}
