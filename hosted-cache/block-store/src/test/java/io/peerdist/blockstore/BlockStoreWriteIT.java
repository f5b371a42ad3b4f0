// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.conformance.Await;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How blocks get into a block store: in groups, from any kind of buffer, forced when that is asked for. */
class BlockStoreWriteIT {
    private StoreDirectoryFixture fixture;
    private @Nullable FaultyExtentFiles disk;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private BlockStore openOnFaultyDisk() {
        return fixture.open(directory -> disk = new FaultyExtentFiles(directory));
    }

    private FaultyExtentFiles disk() {
        return Objects.requireNonNull(disk);
    }

    private static NewBlock block(TestSegment segment, int index, boolean direct) {
        byte[] ciphertext = segment.ciphertext(index);
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(ciphertext.length + 7) : ByteBuffer.allocate(200_000);
        buffer.position(7).put(ciphertext).flip().position(7);
        return new NewBlock(segment.attributes(), index, segment.crypto(), segment.iv(index), buffer);
    }

    @Test
    void storesTheBlocksOfASegmentTogether() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 900_000);
        List<NewBlock> blocks = IntStream.range(0, segment.blockCount())
                .mapToObj(index -> block(segment, index, index % 2 == 0))
                .toList();
        try (BlockStore store = fixture.open()) {
            assertThat(store.putAll(blocks)).containsOnly(PutResult.STORED);
            assertThat(store.isComplete(segment.id())).isTrue();
            assertThat(blocks)
                    .allSatisfy(
                            block -> assertThat(block.ciphertext().position()).isEqualTo(7));
        }
        try (BlockStore store = fixture.open()) {
            for (int index = 0; index < segment.blockCount(); index++) {
                assertThat(segment.isReadable(store, index)).isTrue();
            }
        }
    }

    @Test
    void forcesBlocksOfSeveralSegmentsTogether() {
        fixture.change(fixture.settings().withSync(Duration.ZERO, 0));
        List<TestSegment> segments = IntStream.range(1, 6)
                .mapToObj(number -> TestSegment.ofOneBlock(number, 20_000))
                .toList();
        List<NewBlock> blocks =
                segments.stream().map(segment -> block(segment, 0, true)).toList();
        AtomicInteger forces = new AtomicInteger();
        try (BlockStore store = openOnFaultyDisk()) {
            TestSegment.ofOneBlock(9, 20_000).putAll(store);
            disk().beforeForce = forces::incrementAndGet;

            assertThat(store.putAll(blocks)).containsOnly(PutResult.STORED);

            assertThat(forces).hasValue(1);
            assertThat(segments).allMatch(segment -> segment.isReadable(store, 0));
        }
    }

    @Test
    void answersTheWholeGroupWhenADefectEndsItsWriting() {
        fixture.change(fixture.settings().withSync(Duration.ZERO, 0));
        Queue<PutResult> answers = new ConcurrentLinkedQueue<>();
        AtomicInteger defects = new AtomicInteger();
        try (BlockStore store = openOnFaultyDisk()) {
            List<Thread> writers = IntStream.range(0, 4)
                    .mapToObj(i -> new Thread(() -> {
                        try {
                            answers.add(TestSegment.ofOneBlock(i, 20_000).put(store, 0));
                        } catch (IllegalStateException e) {
                            defects.incrementAndGet();
                        }
                    }))
                    .toList();
            disk().beforeForce = () -> {
                Await.until(
                        "the others to wait",
                        () -> writers.stream()
                                        .filter(writer -> writer.getState() == Thread.State.WAITING)
                                        .count()
                                >= writers.size() - 1 - answers.size() - defects.get());
                throw new IllegalStateException("a defect");
            };
            writers.forEach(Thread::start);

            Await.until("all answers", () -> answers.size() + defects.get() == writers.size());
            disk().beforeForce = () -> {};

            assertThat(answers).containsOnly(PutResult.REJECTED_IO);
            assertThat(defects.get()).isPositive();
            assertThat(TestSegment.ofOneBlock(9, 20_000).put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void answersEachBlockOfAList() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 200_000);
        NewBlock beyond =
                new NewBlock(segment.attributes(), 99, segment.crypto(), segment.iv(0), ByteBuffer.allocate(16));
        try (BlockStore store = fixture.open()) {
            segment.put(store, 1);
            assertThat(store.putAll(List.of(
                            block(segment, 0, true),
                            beyond,
                            block(segment, 1, true),
                            block(segment, 2, false),
                            block(segment, 2, true))))
                    .containsExactly(
                            PutResult.STORED,
                            PutResult.REJECTED_MALFORMED,
                            PutResult.ALREADY_HELD,
                            PutResult.STORED,
                            PutResult.ALREADY_HELD);
            assertThat(store.putAll(List.of())).isEmpty();
            assertThat(store.statistics().blocks()).isEqualTo(3);
            assertThat(fixture.counter("peerdist_store_duplicates")).isEqualTo(2);
        }
    }

    @Test
    void storesALongListOverSeveralGroupsAndExtents() {
        TestSegment segment = TestSegment.of(3, 10_000, 3_000_000, CryptoAlgorithm.AES_128);
        List<NewBlock> blocks = IntStream.range(0, segment.blockCount())
                .mapToObj(index -> block(segment, index, true))
                .toList();
        try (BlockStore store = fixture.open()) {
            assertThat(store.putAll(blocks)).containsOnly(PutResult.STORED);
            assertThat(store.statistics().extents()).isGreaterThan(2);
            assertThat(store.verifyAll(progress -> true).damagedBlocks()).isZero();
            assertThat(store.isComplete(segment.id())).isTrue();
        }
    }

    /** While one group is written the next comes together, so there are fewer forces than blocks. */
    @Test
    void forcesGroupsBeforeTheyAreAnsweredWhenTheWindowIsZero() {
        fixture.change(fixture.settings().withSync(Duration.ZERO, 0));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicInteger forces = new AtomicInteger();
        try (BlockStore store = openOnFaultyDisk()) {
            disk().beforeForce = forces::incrementAndGet;
            List<CompletableFuture<Void>> writers = IntStream.range(0, 4)
                    .mapToObj(writer -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 25; i++) {
                                    int before = forces.get();
                                    TestSegment.ofOneBlock(writer * 100 + i, 20_000)
                                            .putAll(store);
                                    assertThat(forces.get()).isGreaterThan(before);
                                }
                            },
                            threads))
                    .toList();
            writers.forEach(Await::result);
            assertThat(forces.get()).isLessThanOrEqualTo(101);
            fixture.copyTo(fixture.directory().resolveSibling("copy"));
        } finally {
            threads.shutdownNow();
        }
        try (BlockStore copy = new StoreDirectoryFixture(fixture.directory().resolveSibling("copy")).open()) {
            assertThat(copy.statistics().blocks()).isEqualTo(100);
        }
    }

    @Test
    void answersThatABlockCouldNotBeForced() {
        fixture.change(fixture.settings().withSync(Duration.ZERO, 0));
        try (BlockStore store = openOnFaultyDisk()) {
            TestSegment.ofOneBlock(1, 20_000).putAll(store);
            disk().forcesFail = true;
            assertThat(TestSegment.ofOneBlock(2, 20_000).put(store, 0)).isEqualTo(PutResult.REJECTED_IO);
            disk().forcesFail = false;
        }
    }

    @Test
    void oneBlockTooManyForTheDiskDoesNotTakeTheOthersWithIt() {
        TestSegment segment = TestSegment.of(1, 10_000, 30_000, CryptoAlgorithm.AES_128);
        try (BlockStore store = openOnFaultyDisk()) {
            TestSegment.ofOneBlock(2, 1000).putAll(store);
            disk().writableBytes.set(segment.recordBytes(0) * 3L);
            List<NewBlock> blocks = IntStream.range(0, 3)
                    .mapToObj(index -> block(segment, index, true))
                    .toList();
            // The group takes what the disk still gives, and is then tried block by block.
            disk().maxBytesPerWrite = 5_000;
            disk().writableBytes.set(segment.recordBytes(0) + 12_000L);
            List<PutResult> results = store.putAll(blocks);
            assertThat(results).contains(PutResult.REJECTED_DISK_FULL);
            disk().writableBytes.set(Long.MAX_VALUE);
            for (int index = 0; index < 3; index++) {
                assertThat(segment.isReadable(store, index))
                        .isEqualTo(results.get(index).isHeld());
            }
            assertThat(store.putAll(blocks)).allMatch(PutResult::isHeld);
            assertThat(store.verifyAll(progress -> true).damagedBlocks()).isZero();
        }
    }

    @Test
    void anInterruptedWriterHarmsNobody() {
        TestSegment segment = TestSegment.ofManyBlocks(1, 300_000);
        try (BlockStore store = fixture.open()) {
            for (int index = 0; index < segment.blockCount(); index++) {
                Thread.currentThread().interrupt();
                assertThat(segment.put(store, index)).isEqualTo(PutResult.STORED);
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(store.verifyAll(progress -> true).damagedBlocks()).isZero();
            for (int index = 0; index < segment.blockCount(); index++) {
                assertThat(segment.isReadable(store, index)).isTrue();
            }
        }
    }

    @Test
    void forcesInTheBackgroundWhenAWindowIsFull() {
        fixture.change(fixture.settings().withSync(Duration.ofHours(1), 100_000));
        try (BlockStore store = fixture.open()) {
            List<TestSegment> segments = new ArrayList<>();
            for (int number = 0; number < 30; number++) {
                segments.add(TestSegment.ofOneBlock(number, 50_000));
                segments.get(number).putAll(store);
            }
            Await.until("a force", () -> fixture.counter("peerdist_store_syncs") > 0);
            assertThat(segments).allMatch(segment -> segment.isReadable(store, 0));
        }
    }
}
