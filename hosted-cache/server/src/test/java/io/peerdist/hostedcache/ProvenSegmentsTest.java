// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProvenSegmentsTest {
    private static final ContentSegment SEGMENT = ContentSegment.v1(1, 200_000);
    private static final ContentSegment OTHER = ContentSegment.v1(2, 200_000);

    private final ProvenSegments proven = new ProvenSegments();

    @Test
    void knowsWhatItHasLearnt() {
        assertThat(proven.find(SEGMENT.id())).isNull();
        assertThat(proven.isCertain(SEGMENT.id())).isFalse();

        learn(SEGMENT);

        assertThat(proven.find(SEGMENT.id())).isEqualTo(OfferedSegment.of(SEGMENT.description(), ContentTag.BITS));
        assertThat(proven.isCertain(SEGMENT.id())).isTrue();
        assertThat(proven.isChecked(SEGMENT.id())).isFalse();
        assertThat(proven.find(OTHER.id())).isNull();
    }

    @Test
    void staysCheckedWhenTheSameDescriptionComesAgain() {
        learn(SEGMENT);
        proven.setChecked(SEGMENT.id(), true);

        learn(SEGMENT);

        assertThat(proven.isChecked(SEGMENT.id())).isTrue();
        proven.setChecked(SEGMENT.id(), false);
        assertThat(proven.isChecked(SEGMENT.id())).isFalse();
    }

    @Test
    void isCertainAgainOnceTheDescriptionHasComeAgain() {
        learn(SEGMENT);
        proven.setChecked(SEGMENT.id(), true);

        proven.doubt(SEGMENT.id());

        assertThat(proven.isCertain(SEGMENT.id())).isFalse();
        assertThat(proven.find(SEGMENT.id())).isNotNull();
        learn(SEGMENT);
        assertThat(proven.isCertain(SEGMENT.id())).isTrue();
        assertThat(proven.isChecked(SEGMENT.id())).isTrue();
    }

    @Test
    void saysNothingOfSegmentsItDoesNotKnow() {
        proven.setChecked(SEGMENT.id(), true);
        proven.doubt(SEGMENT.id());

        assertThat(proven.isChecked(SEGMENT.id())).isFalse();
        assertThat(proven.find(SEGMENT.id())).isNull();
        assertThat(proven.bytes()).isZero();
    }

    @Test
    void forgetsWhatWasUsedLongestAgo() {
        ContentSegment third = ContentSegment.v1(3, 200_000);
        learn(SEGMENT);
        ProvenSegments small = new ProvenSegments(2 * proven.bytes());
        small.learn(SEGMENT.description(), ContentTag.BITS);
        small.learn(OTHER.description(), ContentTag.BITS);
        assertThat(small.find(SEGMENT.id())).isNotNull();

        small.learn(third.description(), ContentTag.BITS);

        assertThat(small.find(OTHER.id())).isNull();
        assertThat(small.find(SEGMENT.id())).isNotNull();
        assertThat(small.find(third.id())).isNotNull();
    }

    @RandomizedTest(tries = 200)
    void keepsWithinItsLimit(Gen gen) {
        List<SegmentDescription> segments = IntStream.range(0, 12)
                .mapToObj(i -> ContentSegment.v1(i, 1 + i * 40_000).description())
                .toList();
        ProvenSegments small = new ProvenSegments(3_000);
        for (int step = 0; step < 60; step++) {
            SegmentDescription segment = gen.oneOf(segments.toArray(SegmentDescription[]::new));
            switch (gen.intBetween(0, 3)) {
                case 0 -> small.doubt(segment.id());
                case 1 -> small.setChecked(segment.id(), true);
                default -> {
                    small.learn(segment, ContentTag.SMB);
                    assertThat(small.find(segment.id())).isNotNull();
                }
            }
            assertThat(small.bytes()).isBetween(0L, 3_000L);
        }
        long known = segments.stream()
                .filter(segment -> small.find(segment.id()) != null)
                .count();
        assertThat(known).isBetween(1L, 5L);
    }

    private void learn(ContentSegment segment) {
        proven.learn(segment.description(), ContentTag.BITS);
    }
}
