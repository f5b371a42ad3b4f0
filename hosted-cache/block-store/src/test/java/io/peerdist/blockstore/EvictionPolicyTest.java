// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pchc.ContentComponent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvictionPolicyTest {
    private static final int EXTENT_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final ContentComponent WEB = ContentComponent.WININET;
    private static final ContentComponent BITS = ContentComponent.BITS;

    private final FrequencySketch frequencies = new FrequencySketch(10_000);
    private final EvictionPolicy policy = new EvictionPolicy(frequencies, Quotas.NONE);
    private final List<Extent> extents =
            IntStream.range(0, 8).mapToObj(Extent::new).toList();

    private record Extent(int extentId, ExtentUse use) implements EvictionPolicy.Candidate {
        Extent(int extentId) {
            this(extentId, new ExtentUse(EXTENT_BYTES));
        }

        @Override
        public int extentBytes() {
            return EXTENT_BYTES;
        }
    }

    private static long nothing(ContentComponent component) {
        return 0;
    }

    private int victim() {
        return victim(policy, EvictionPolicyTest::nothing);
    }

    private int victim(EvictionPolicy of, ToLongFunction<ContentComponent> held) {
        @Nullable Extent victim = of.victim(extents, extent -> true, held);
        return victim == null ? -1 : victim.extentId();
    }

    private void read(int extent, long key, int times) {
        for (int i = 0; i < times; i++) {
            policy.served(extents.get(extent).use(), WEB, key, 0, BLOCK_BYTES);
        }
    }

    private void store(int extent, ContentComponent component, int blocks) {
        extents.get(extent).use().addLive(component, (long) blocks * BLOCK_BYTES);
        for (int i = 0; i < blocks; i++) {
            policy.stored(extents.get(extent).use(), component, 1000L * extent + i, BLOCK_BYTES);
        }
    }

    @Test
    void givesUpTheOldestAmongEquals() {
        assertThat(victim()).isZero();
    }

    @Test
    void givesUpWhatWasNotWantedAgain() {
        IntStream.of(0, 1, 2, 4, 5).forEach(extent -> {
            store(extent, WEB, 4);
            read(extent, 1000L * extent, 1);
        });
        store(3, WEB, 4);
        assertThat(victim()).isEqualTo(3);
    }

    @Test
    void leavesTheWindowAlone() {
        IntStream.range(0, 6).forEach(extent -> read(extent, extent, 5));
        assertThat(victim()).isLessThan(6);
    }

    @Test
    void takesFromTheWindowWhenNothingElseMayGo() {
        assertThat(policy.victim(extents, extent -> extent.extentId() >= 6, EvictionPolicyTest::nothing))
                .isEqualTo(extents.get(6));
        assertThat(policy.victim(extents, extent -> false, EvictionPolicyTest::nothing))
                .isNull();
        assertThat(policy.victim(List.<Extent>of(), extent -> true, EvictionPolicyTest::nothing))
                .isNull();
    }

    @Test
    void oneVeryPopularBlockIsWorthLessThanManyThatAreReadTwice() {
        IntStream.range(0, 6).filter(extent -> extent != 2).forEach(extent -> {
            for (int block = 0; block < 8; block++) {
                read(extent, 100L * extent + block, 2);
            }
        });
        read(2, 77, 10_000);
        assertThat(victim()).isEqualTo(2);
    }

    @Test
    void aBlockThatComesBackIsWorthMoreThanANewOne() {
        frequencies.increment(0);
        frequencies.increment(0);
        policy.stored(extents.get(0).use(), WEB, 0, BLOCK_BYTES);
        assertThat(extents.get(0).use().reusedBytes(WEB)).isEqualTo(2L * BLOCK_BYTES);
        policy.stored(extents.get(1).use(), WEB, 99, BLOCK_BYTES);
        assertThat(extents.get(1).use().reusedBytes(WEB)).isZero();
    }

    @Test
    void pastUseFadesWithTheFrequencies() {
        read(0, 5, 3);
        long before = extents.get(0).use().reusedBytes(WEB);
        policy.fadeIfDue(extents);
        assertThat(extents.get(0).use().reusedBytes(WEB)).isEqualTo(before);
        IntStream.range(0, 40_000).forEach(frequencies::increment);
        policy.fadeIfDue(extents);
        assertThat(extents.get(0).use().reusedBytes(WEB)).isEqualTo(before / 2);
        assertThat(frequencies.frequency(5)).isLessThan(15);
    }

    @Test
    void onlyBlocksReadSinceTheyWereWrittenSurvive() {
        ExtentUse use = extents.get(0).use();
        IntStream.range(0, 9).forEach(i -> frequencies.increment(1));
        assertThat(policy.frequency(use, 512 << 10, 1)).isEqualTo(1);
        policy.served(use, WEB, 2, 512 << 10, BLOCK_BYTES);
        assertThat(policy.frequency(use, 512 << 10, 2)).isEqualTo(2);
        assertThat(policy.frequency(use, 512 << 10, 1)).isEqualTo(9);
        assertThat(policy.frequency(use, 256 << 10, 3)).isZero();
    }

    @Test
    void theMostWantedSurviveWhenNotAllCan() {
        EvictionCensus census = new EvictionCensus();
        census.add(WEB, 2, 300);
        census.add(WEB, 2, 300);
        census.add(WEB, 7, 300);
        census.add(WEB, 1, 300);
        Survivors survivors = policy.survivors(census, 700, EvictionPolicyTest::nothing);
        assertThat(survivors.keeps(WEB, 2, 300)).isTrue();
        assertThat(survivors.keeps(WEB, 2, 300)).isFalse();
        assertThat(survivors.keeps(WEB, 1, 300)).isFalse();
        assertThat(survivors.keeps(WEB, 7, 300)).isTrue();
    }

    @Test
    void noMoreSurvivesThanThereIsRoomForWhateverTheCensusSaid() {
        Survivors survivors = policy.survivors(new EvictionCensus(), 500, EvictionPolicyTest::nothing);
        assertThat(survivors.keeps(WEB, 9, 300)).isTrue();
        assertThat(survivors.keeps(WEB, 9, 300)).isFalse();
    }

    @Test
    void whatExceedsItsQuotaGoesFirstHoweverHot() {
        EvictionPolicy limited = new EvictionPolicy(frequencies, Quotas.of(Map.of(BITS, 1000L)));
        EvictionCensus census = new EvictionCensus();
        census.add(BITS, 3, 300);
        census.add(BITS, 9, 300);
        census.add(WEB, 3, 300);
        Survivors survivors = limited.survivors(census, 10_000, component -> component == BITS ? 1250 : 0);
        assertThat(survivors.keeps(BITS, 9, 300)).isTrue();
        assertThat(survivors.keeps(BITS, 3, 300)).isFalse();
        assertThat(survivors.keeps(WEB, 3, 300)).isTrue();
    }

    @Test
    void whoExceedsItsQuotaPushesOutItsOwn() {
        EvictionPolicy limited = new EvictionPolicy(frequencies, Quotas.of(Map.of(BITS, 1000L)));
        EvictionCensus census = new EvictionCensus();
        census.add(BITS, 1, 600);
        census.add(WEB, 1, 300);
        Survivors survivors = limited.survivors(census, 10_000, component -> component == BITS ? 1001 : 0);
        assertThat(survivors.keeps(WEB, 1, 300)).isTrue();
        assertThat(survivors.keeps(BITS, 1, 600)).isFalse();
        assertThat(limited.survivors(census, 10_000, EvictionPolicyTest::nothing)
                        .keeps(WEB, 1, 300))
                .isFalse();
    }

    @Test
    void choosesTheExtentWithTheMostOfWhatExceedsItsQuota() {
        EvictionPolicy limited = new EvictionPolicy(frequencies, Quotas.of(Map.of(BITS, 1000L)));
        store(0, WEB, 8);
        store(1, BITS, 2);
        store(3, BITS, 8);
        read(3, 3000, 3);
        assertThat(victim(limited, component -> component == BITS ? 2000 : 0)).isEqualTo(3);
        assertThat(victim(limited, component -> component == BITS ? 1000 : 0)).isZero();
    }

    @Test
    void useSurvivesARestart() {
        ExtentUse use = new ExtentUse(EXTENT_BYTES);
        use.addLive(BITS, 12);
        use.addReused(WEB, 34);
        use.markServed(EXTENT_BYTES - 1);
        ByteBuffer bytes = ByteBuffer.allocate(use.encodedBytes());
        use.writeTo(bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        ExtentUse again = new ExtentUse(EXTENT_BYTES);
        again.read(bytes.flip());
        assertThat(again.liveBytes(BITS)).isEqualTo(12);
        assertThat(again.reusedBytes(WEB)).isEqualTo(34);
        assertThat(again.isServed(EXTENT_BYTES - 1)).isTrue();
        assertThat(again.isServed(0)).isFalse();
    }

    @Test
    void rejectsNegativeQuotas() {
        assertThatThrownBy(() -> Quotas.of(Map.of(BITS, -1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("quota of BITS-4.0: -1 (expected: 0 or more)");
    }
}
