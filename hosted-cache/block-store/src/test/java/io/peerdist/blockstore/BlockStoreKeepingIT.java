// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.codec.pchc.ContentTag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a block store keeps what: age, pins, quotas, and what is read often. */
class BlockStoreKeepingIT {
    private static final int BLOCK_BYTES = 60_000;
    private static final Duration MONTH = Duration.ofDays(30);

    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private static TestSegment segment(long number) {
        return TestSegment.ofOneBlock(number, BLOCK_BYTES);
    }

    private static TestSegment segment(long number, ContentTag tag) {
        SegmentAttributes attributes =
                new SegmentAttributes(TestSegment.id(number), BLOCK_BYTES, BLOCK_BYTES, tag.toByteArray());
        return new TestSegment(number, attributes, CryptoAlgorithm.AES_128);
    }

    private static long held(BlockStore store, int from, int to) {
        return LongStream.range(from, to)
                .filter(number -> store.find(segment(number).id()) != null)
                .count();
    }

    private static void put(BlockStore store, int from, int to) {
        IntStream.range(from, to).forEach(number -> put(store, segment(number)));
    }

    /** And lets the background make room again, so that what goes does not depend on how quick that is. */
    private static void put(BlockStore store, TestSegment segment) {
        segment.putAll(store);
        StoreDirectoryFixture.awaitRoom(store);
    }

    @Test
    void removesSegmentsThatNobodyHasUsedForTooLong() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 10);
            store.pin(segment(3).id());
            fixture.advance(Duration.ofDays(20));
            store.upkeep();
            assertThat(held(store, 0, 10)).isEqualTo(10);
            assertThat(segment(1).isReadable(store, 0)).isTrue();
            assertThat(store.forOffers().load(segment(2).id()).blocks().isEmpty())
                    .isFalse();
            fixture.advance(Duration.ofDays(10));
            store.upkeep();
            assertThat(held(store, 0, 10)).isEqualTo(3);
            assertThat(held(store, 1, 4)).isEqualTo(3);
            assertThat(fixture.counter("peerdist_evictions", "reason", "age")).isEqualTo(7);
            fixture.advance(MONTH);
            store.upkeep();
            assertThat(held(store, 0, 10)).isEqualTo(1);
        }
    }

    @Test
    void remembersTheDayOfTheLastUseOverARestart() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 2);
            fixture.advance(Duration.ofDays(20));
            assertThat(segment(1).isReadable(store, 0)).isTrue();
            store.upkeep();
        }
        fixture.advance(Duration.ofDays(10));
        try (BlockStore store = fixture.open()) {
            store.upkeep();
            assertThat(held(store, 0, 1)).isZero();
            assertThat(held(store, 1, 2)).isEqualTo(1);
        }
    }

    @Test
    void freesTheExtentsOfWhatIsTooOld() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 60);
            long before = store.statistics().usedBytes();
            fixture.advance(MONTH);
            store.upkeep();
            assertThat(store.statistics().blocks()).isZero();
            assertThat(store.statistics().usedBytes()).isLessThan(before / 2);
        }
        try (BlockStore store = fixture.open()) {
            assertThat(held(store, 0, 60)).isZero();
        }
    }

    @Test
    void keepsForEverWithoutALimitOfAge() {
        fixture.change(fixture.settings().withMaxAge(Duration.ZERO));
        try (BlockStore store = fixture.open()) {
            put(store, 0, 3);
            fixture.advance(Duration.ofDays(10_000));
            store.upkeep();
            assertThat(held(store, 0, 3)).isEqualTo(3);
        }
    }

    @Test
    void aCatalogueMadeAnewTakesNothingForTooOld() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 3);
        }
        fixture.deleteCatalogue();
        fixture.advance(MONTH);
        try (BlockStore store = fixture.open()) {
            store.upkeep();
            assertThat(held(store, 0, 3)).isEqualTo(3);
        }
    }

    @Test
    void pinsSurviveTheLossOfTheCatalogue() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 4);
            store.pin(segment(1).id());
            store.pin(segment(2).id());
            store.pin(segment(3).id());
            store.unpin(segment(2).id());
            store.evict(segment(3).id());
            put(store, segment(3));
        }
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(IntStream.range(0, 4).filter(number -> isPinned(store, number)))
                    .containsExactly(1);
            assertThat(store.statistics().pinnedBytes()).isEqualTo(segment(1).recordBytes(0));
        }
    }

    private static boolean isPinned(BlockStore store, int number) {
        SegmentSummary found = store.find(segment(number).id());
        return found != null && found.pinned();
    }

    @Test
    void takesPinsOfAnOlderStoreFromTheCatalogue() throws IOException {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 2);
            store.pin(segment(1).id());
        }
        Files.delete(fixture.directory().resolve("pins"));
        fixture.open().close();
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(isPinned(store, 1)).isTrue();
            assertThat(isPinned(store, 0)).isFalse();
        }
    }

    @Test
    void passesOverTornLinesAmongThePins() throws IOException {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 2);
            store.pin(segment(0).id());
            Files.writeString(
                    fixture.directory().resolve("pins"),
                    "+0123\n+" + "zz".repeat(32) + "\n+00",
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.APPEND);
            store.pin(segment(1).id());
        }
        fixture.deleteCatalogue();
        try (BlockStore store = fixture.open()) {
            assertThat(isPinned(store, 0)).isTrue();
            assertThat(isPinned(store, 1)).isTrue();
        }
    }

    @Test
    void oneHugeDownloadDoesNotWashOutTheWorkingSet() {
        // Smaller than the store's part behind the window, asked for by popularity, with a scan running through it.
        Map<Integer, Boolean> leastRecentlyUsed = new LinkedHashMap<>(16, 0.75f, true);
        int capacity = (int) (StoreDirectoryFixture.MAX_BYTES / BLOCK_BYTES);
        SplittableRandom random = new SplittableRandom(5);
        int hits = 0;
        int hitsOfLeastRecentlyUsed = 0;
        try (BlockStore store = fixture.open()) {
            for (int turn = 0; turn < 2400; turn++) {
                int number = turn % 8 == 0 ? (int) (40 * random.nextDouble() * random.nextDouble()) : 1000 + turn;
                boolean hit = segment(number).isReadable(store, 0);
                if (!hit) {
                    put(store, segment(number));
                }
                hits += hit ? 1 : 0;
                hitsOfLeastRecentlyUsed += leastRecentlyUsed.put(number, true) == null ? 0 : 1;
                if (leastRecentlyUsed.size() > capacity) {
                    leastRecentlyUsed.remove(
                            leastRecentlyUsed.keySet().iterator().next());
                }
            }
        }
        // LRU is reckoned with all of the limit, while the store keeps some of it in reserve.
        assertThat(hits).isGreaterThan(hitsOfLeastRecentlyUsed);
    }

    @Test
    void remembersOverARestartWhatIsReadOften() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 60);
            for (int number = 0; number < 8; number++) {
                assertThat(segment(number).isReadable(store, 0)).isTrue();
            }
        }
        try (BlockStore store = fixture.open()) {
            put(store, 1000, 1100);
            assertThat(held(store, 0, 8)).isEqualTo(8);
            assertThat(held(store, 8, 60)).isLessThan(40);
        }
    }

    @Test
    void opensWithoutWhatItHasLearntWhenThatIsDamaged() {
        try (BlockStore store = fixture.open()) {
            put(store, 0, 20);
        }
        StoreDirectoryFixture.flip(fixture.directory().resolve("uses"), 30);
        try (BlockStore store = fixture.open()) {
            assertThat(held(store, 0, 20)).isEqualTo(20);
            put(store, 1000, 1300);
        }
    }

    @Test
    void aComponentOverItsQuotaPushesOutItsOwn() {
        long quota = 1L << 20;
        fixture.change(fixture.settings().withQuotas(Quotas.of(Map.of(ContentComponent.BITS, quota))));
        try (BlockStore store = fixture.open()) {
            IntStream.range(0, 40).forEach(number -> put(store, segment(number, ContentTag.WININET)));
            IntStream.range(100, 500).forEach(number -> put(store, segment(number, ContentTag.BITS)));
            assertThat(held(store, 0, 40)).isEqualTo(40);
            assertThat(store.tagCounts().bytes(ContentComponent.BITS)).isGreaterThan(quota);
            IntStream.range(500, 560).forEach(number -> put(store, segment(number, ContentTag.WININET)));
            assertThat(store.tagCounts().bytes(ContentComponent.BITS)).isLessThan(quota + (1 << 20));
            assertThat(held(store, 500, 560)).isEqualTo(60);
        }
    }
}
