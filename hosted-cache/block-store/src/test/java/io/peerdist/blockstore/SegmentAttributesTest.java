// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SegmentAttributesTest {
    private static SegmentAttributes attributes(int blockBytes, int segmentBytes) {
        return new SegmentAttributes(TestSegment.id(1), blockBytes, segmentBytes, new byte[16]);
    }

    @Test
    void cutsASegmentInBlocks() {
        SegmentAttributes segment = attributes(65536, 65536 * 2 + 1);
        assertThat(segment.blockCount()).isEqualTo(3);
        assertThat(segment.blockLength(1)).isEqualTo(65536);
        assertThat(segment.blockLength(2)).isEqualTo(1);
        assertThatThrownBy(() -> segment.blockLength(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(attributes(65536, 32 << 20).blockCount()).isEqualTo(512);
        assertThat(attributes(65536, 5).blockLength(0)).isEqualTo(5);
    }

    @Test
    void refusesGeometriesThatAPeerMayInvent() {
        assertThat(SegmentAttributes.isGeometryValid(1, 512)).isTrue();
        assertThat(SegmentAttributes.isGeometryValid(1, 513)).isFalse();
        assertThat(SegmentAttributes.isGeometryValid(0, 1)).isFalse();
        assertThat(SegmentAttributes.isGeometryValid(65536, 0)).isFalse();
        assertThat(SegmentAttributes.isGeometryValid(131_073, 131_073)).isFalse();
        assertThat(SegmentAttributes.isGeometryValid(1, 0xFFFFFFFFL)).isFalse();
        assertThat(SegmentAttributes.isGeometryValid(0xFFFFFFFFL, 0xFFFFFFFFL)).isFalse();
        assertThatThrownBy(() -> attributes(65536, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentAttributes(TestSegment.id(1), 1, 1, new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("15");
    }

    @Test
    void doesNotShareItsContentTag() {
        byte[] tag = new byte[16];
        SegmentAttributes segment = new SegmentAttributes(TestSegment.id(1), 1, 1, tag);
        tag[0] = 1;
        segment.contentTag()[1] = 1;
        assertThat(segment).isEqualTo(attributes(1, 1)).hasSameHashCodeAs(attributes(1, 1));
        assertThat(segment).isNotEqualTo(new SegmentAttributes(TestSegment.id(1), 1, 1, tag));
        assertThat(segment.toString()).contains(segment.id().toString());
    }
}
