// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SegmentListTest {
    @Test
    void listsWhatIsHeldInMergedRanges() {
        BitSet held = new BitSet();
        held.set(2, 5);
        held.set(2728);

        SegmentList list = SegmentList.of(SampleMessages.REQUEST_ID, held, null);

        assertThat(list.ranges()).containsExactly(new SegmentRange(2, 3), new SegmentRange(2728, 1));
        assertThat(list.segments()).isEqualTo(held);
        assertThat(SegmentList.of(SampleMessages.REQUEST_ID, new BitSet(), null).ranges())
                .isEmpty();
    }

    @Test
    void refusesMoreRangesThanSegmentsCanBeAskedFor() {
        assertThatThrownBy(() -> new SegmentList(
                        SampleMessages.REQUEST_ID, Collections.nCopies(2730, new SegmentRange(0, 1)), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2730");
        assertThatThrownBy(() -> new GetSegmentList(SampleMessages.REQUEST_ID, List.of(), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "2729, 1", "0, 0", "0, 2730", "2728, 2", "1, 2147483647"})
    void refusesRangeThatNoRequestReaches(int index, int count) {
        assertThatThrownBy(() -> new SegmentRange(index, count)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void makesRequestIdsOf16Octets() {
        RequestId id = RequestId.random(Gen.ofSeed(1).random());

        assertThat(id.length()).isEqualTo(16);
        assertThat(id).isNotEqualTo(RequestId.random(Gen.ofSeed(2).random()));
        assertThatThrownBy(() -> RequestId.of(new byte[15])).hasMessageContaining("15");
    }
}
