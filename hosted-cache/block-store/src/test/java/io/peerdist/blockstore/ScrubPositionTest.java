// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScrubPositionTest {
    @Test
    void readsWhatItWrites() {
        for (SegmentId id : new SegmentId[] {TestSegment.id(5), SegmentId.of(new byte[64])}) {
            ScrubPosition position = new ScrubPosition(3, 1_700_000_000_000L, 77, 2, id);
            assertThat(ScrubPosition.decode(position.encode())).isEqualTo(position);
        }
        ScrubPosition ended = ScrubPosition.START.plus(10, 1, TestSegment.id(1)).withPassEnded(99);
        assertThat(ScrubPosition.decode(ended.encode())).isEqualTo(new ScrubPosition(1, 99, 0, 1, null));
    }

    @Test
    void beginsAnewWithWhatItCannotRead() {
        byte[] octets = new ScrubPosition(1, 2, 3, 4, TestSegment.id(1)).encode();
        for (int bytes = 0; bytes < octets.length; bytes++) {
            if (bytes != 32) {
                assertThat(ScrubPosition.decode(Arrays.copyOf(octets, bytes))).isEqualTo(ScrubPosition.START);
            }
        }
        assertThat(ScrubPosition.decode(null)).isEqualTo(ScrubPosition.START);
    }

    @Test
    void tellsProgressFromTheId() {
        byte[] id = new byte[32];
        id[0] = (byte) 0x80;
        assertThat(ScrubPosition.START.progress()).isZero();
        assertThat(ScrubPosition.START.plus(1, 0, SegmentId.of(id)).progress()).isEqualTo(0.5);
    }
}
