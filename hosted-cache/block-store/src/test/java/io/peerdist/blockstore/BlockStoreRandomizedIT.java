// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/** Random operations on a block store and on {@link ReferenceStore}; the two must agree after each step. */
class BlockStoreRandomizedIT {
    private static final int SEGMENTS = 24;
    private static final int STEPS = 180;
    private static final long AMPLE_BYTES = 64L << 20;
    private static final long SCARCE_BYTES = 4L << 20;
    private static final long EXTENT_BYTES = 512L << 10;

    @TempDir
    private Path directory;

    private int runs;

    @RandomizedTest(tries = 5)
    void agreesWithTheReferenceWhenThereIsSpace(Gen gen) {
        new Run(gen, AMPLE_BYTES, false).run();
    }

    @RandomizedTest(tries = 5)
    void agreesWithTheReferenceButForEvictionsWhenSpaceIsScarce(Gen gen) {
        new Run(gen, SCARCE_BYTES, true).run();
    }

    private static TestSegment segment(long number) {
        CryptoAlgorithm crypto = Objects.requireNonNull(CryptoAlgorithm.ofId(number % 4));
        return switch ((int) (number % 3)) {
            case 0 -> TestSegment.of(number, 90_000, 90_000, crypto);
            case 1 -> TestSegment.of(number, 20_000, 5 * 20_000 + 1, crypto);
            default -> TestSegment.of(number, 9_000, 37 * 9_000, crypto);
        };
    }

    private final class Run {
        private final Gen gen;
        private final long maxBytes;
        private final boolean evicts;
        private final ReferenceStore reference = new ReferenceStore();
        private StoreDirectoryFixture fixture;
        private BlockStore store;
        private String step = "start";

        Run(Gen gen, long maxBytes, boolean evicts) {
            this.gen = gen;
            this.maxBytes = maxBytes;
            this.evicts = evicts;
            this.fixture = fixtureIn(directory.resolve("run" + runs++));
            this.store = fixture.open();
        }

        private StoreDirectoryFixture fixtureIn(Path path) {
            StoreDirectoryFixture made = new StoreDirectoryFixture(path);
            made.change(StoreDirectoryFixture.settings(path, maxBytes, EXTENT_BYTES));
            return made;
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                act(gen.intBetween(0, 99));
                assertAgreement();
            }
            store.verifyAll(progress -> true);
            assertSameBlocks();
            store.close();
        }

        private void act(int choice) {
            long number = gen.intBetween(1, SEGMENTS);
            TestSegment segment = segment(number);
            int index = gen.intBetween(0, segment.blockCount() - 1);
            step = choice + " on " + number + "/" + index;
            if (choice < 55) {
                putSome(segment, index);
            } else if (choice < 75) {
                read(segment, index);
            } else if (choice < 79) {
                assertThat(store.removeBlock(segment.id(), index)).isEqualTo(reference.remove(number, index));
            } else if (choice < 82) {
                assertThat(store.evict(segment.id())).isEqualTo(reference.evict(number));
            } else if (choice < 85) {
                // Pinning everything would leave nothing to evict, which has a test of its own.
                if (!evicts || number < 3) {
                    assertThat(store.pin(segment.id())).isEqualTo(reference.setPinned(number, true));
                }
            } else if (choice < 88) {
                assertThat(store.unpin(segment.id())).isEqualTo(reference.setPinned(number, false));
            } else if (choice < 91) {
                store.sync();
            } else {
                disturb(choice);
            }
        }

        private void disturb(int choice) {
            if (choice < 94) {
                store.close();
                store = fixture.open();
            } else if (choice < 96) {
                crash();
            } else if (choice < 97) {
                store.close();
                fixture.deleteCatalogue();
                store = fixture.open();
            } else if (choice < 99) {
                flipABit();
            } else {
                assertThat(store.dropAll()).isEqualTo(reference.blockCount());
                reference.clear();
            }
        }

        private void putSome(TestSegment segment, int first) {
            int end = Math.min(segment.blockCount(), first + gen.intBetween(1, 5));
            for (int index = first; index < end; index++) {
                boolean held = reference.holds(segment.number(), index);
                PutResult result = segment.put(store, index);
                assertThat(result).as(step).isEqualTo(held ? PutResult.ALREADY_HELD : PutResult.STORED);
                reference.put(segment.number(), index);
                adoptEvictions();
            }
        }

        private void read(TestSegment segment, int index) {
            HeldSegment peeked = store.peek(segment.id());
            if (peeked != null) {
                try (StoredBlock block = peeked.openChecked(index)) {
                    if (block != null) {
                        assertThat(reference.holds(segment.number(), index)).isTrue();
                        segment.assertRight(block, index);
                    }
                }
            }
            assertThat(segment.isReadable(store, index)).as(step).isEqualTo(reference.holds(segment.number(), index));
        }

        /** The files as they are, in another directory, and no goodbye. */
        private void crash() {
            StoreDirectoryFixture copy = fixtureIn(directory.resolve("run" + runs++));
            fixture.copyTo(copy.directory());
            store.close();
            fixture = copy;
            store = fixture.open();
        }

        /** At most one block is gone then, and not without notice. */
        private void flipABit() {
            store.close();
            List<Path> extents = fixture.extents();
            if (!extents.isEmpty()) {
                StoreDirectoryFixture.flip(
                        gen.oneOf(extents), gen.intBetween(ExtentHeader.DATA_POSITION, (int) EXTENT_BYTES - 1));
            }
            store = fixture.open();
            long before = store.statistics().blocks();
            long damaged = store.verifyAll(progress -> true).damagedBlocks();
            assertThat(damaged).isLessThanOrEqualTo(1);
            assertThat(store.statistics().blocks()).isEqualTo(before - damaged);
            Map<Long, BitSet> held = held();
            for (long number = 1; number <= SEGMENTS; number++) {
                for (int index = 0; index < segment(number).blockCount(); index++) {
                    if (damaged > 0
                            && reference.holds(number, index)
                            && !held.getOrDefault(number, new BitSet()).get(index)) {
                        reference.remove(number, index);
                        damaged--;
                    }
                }
            }
        }

        /** What went to make room is gone from the reference too, but nothing that is pinned may go. */
        private void adoptEvictions() {
            StoreDirectoryFixture.awaitRoom(store);
            if (!evicts || store.statistics().blocks() == reference.blockCount()) {
                return;
            }
            Map<Long, BitSet> held = held();
            for (long number = 1; number <= SEGMENTS; number++) {
                BitSet kept = held.getOrDefault(number, new BitSet());
                for (int index = 0; index < segment(number).blockCount(); index++) {
                    if (!kept.get(index) && reference.holds(number, index)) {
                        assertThat(reference.isPinned(number)).as(step).isFalse();
                        reference.remove(number, index);
                    }
                }
            }
        }

        private void assertAgreement() {
            assertThat(store.statistics().blocks()).as(step).isEqualTo(reference.blockCount());
            assertThat(store.statistics().segments())
                    .as(step)
                    .isEqualTo(reference.blocks().size());
            assertThat(fixture.diskBytes()).as(step).isLessThanOrEqualTo(maxBytes);
            assertThat(store.statistics().liveBytes()).as(step).isEqualTo(recordBytes(false));
            assertThat(store.statistics().pinnedBytes()).as(step).isEqualTo(recordBytes(true));
            if (gen.intBetween(0, 9) == 0) {
                assertSameBlocks();
            }
        }

        private long recordBytes(boolean pinnedOnly) {
            return reference.blocks().entrySet().stream()
                    .filter(entry -> !pinnedOnly || reference.isPinned(entry.getKey()))
                    .mapToLong(entry -> entry.getValue().stream()
                            .mapToLong(index -> recordBytes(segment(entry.getKey()), index))
                            .sum())
                    .sum();
        }

        private static long recordBytes(TestSegment segment, int index) {
            int plain = segment.attributes().blockLength(index);
            return RecordHeader.recordBytes(
                    segment.crypto(), segment.crypto() == CryptoAlgorithm.NONE ? plain : (plain / 16 + 1) * 16);
        }

        private void assertSameBlocks() {
            assertThat(held()).as(step).isEqualTo(reference.blocks());
            assertThat(store.tagStatistics()).as(step).isEqualTo(tagsOfListed());
            for (long number = 1; number <= SEGMENTS; number++) {
                SegmentSummary found = store.find(segment(number).id());
                assertThat(found != null).as(step).isEqualTo(reference.holds(number));
                assertThat(found != null && found.pinned()).as(step).isEqualTo(reference.isPinned(number));
            }
        }

        private List<TagStatistics> tagsOfListed() {
            List<SegmentSummary> listed = store.list(null, 1000).segments();
            return Arrays.stream(ContentComponent.values())
                    .map(component -> {
                        List<SegmentSummary> tagged = listed.stream()
                                .filter(segment -> ContentTag.componentOf(
                                                segment.attributes().contentTag())
                                        == component)
                                .toList();
                        long bytes = tagged.stream()
                                .mapToLong(SegmentSummary::storedBytes)
                                .sum();
                        return new TagStatistics(component, tagged.size(), bytes);
                    })
                    .toList();
        }

        private Map<Long, BitSet> held() {
            Map<Long, BitSet> held = new TreeMap<>();
            for (SegmentSummary summary : store.list(null, 1000).segments()) {
                for (long number = 1; number <= SEGMENTS; number++) {
                    if (segment(number).id().equals(summary.attributes().id())) {
                        held.put(number, bits(summary.blocks()));
                    }
                }
            }
            return held;
        }

        private static BitSet bits(BlockRanges ranges) {
            BitSet bits = new BitSet();
            ranges.indexes().forEach(bits::set);
            return bits;
        }
    }
}
