// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.conformance.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a block store stays within its limit, and what it keeps. */
class BlockStoreSpaceIT {
    private static final long MAX_BYTES = StoreDirectoryFixture.MAX_BYTES;
    private static final int BLOCK_BYTES = 60_000;

    /** More than twice what the limit holds. */
    private static final int MANY = 300;

    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        fixture = new StoreDirectoryFixture(directory.resolve("store"));
    }

    private static TestSegment segment(long number) {
        return TestSegment.ofOneBlock(number, BLOCK_BYTES);
    }

    private static long readable(BlockStore store, int from, int to) {
        return IntStream.range(from, to)
                .filter(number -> segment(number).isReadable(store, 0))
                .count();
    }

    private void assertWithinLimit(BlockStore store) {
        assertThat(fixture.diskBytes()).isLessThanOrEqualTo(MAX_BYTES);
        assertThat(store.statistics().usedBytes()).isLessThanOrEqualTo(MAX_BYTES);
    }

    @Test
    void neverExceedsTheLimit() {
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < MANY; number++) {
                segment(number).putAll(store);
                assertWithinLimit(store);
            }
            assertThat(segment(MANY - 1).isReadable(store, 0)).isTrue();
            StoreDirectoryFixture.awaitRoom(store);
            long held = readable(store, 0, MANY);
            assertThat(held).isEqualTo(store.statistics().blocks());
            assertThat(held * BLOCK_BYTES).isGreaterThan(MAX_BYTES / 2);
            assertThat(fixture.counter("peerdist_evictions", "reason", "space")).isEqualTo((double) (MANY - held));
        }
    }

    @Test
    void countsACatalogueOfTinyBlocks() {
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < 15_000; number++) {
                TestSegment tiny = TestSegment.of(number, 1, 1, CryptoAlgorithm.NONE);
                assertThat(tiny.put(store, 0)).isEqualTo(PutResult.STORED);
                if (number % 500 == 0) {
                    assertWithinLimit(store);
                }
            }
            assertWithinLimit(store);
        }
    }

    @Test
    void keepsPinnedSegments() {
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < 10; number++) {
                segment(number).putAll(store);
                store.pin(segment(number).id());
            }
            for (int number = 10; number < MANY; number++) {
                segment(number).putAll(store);
            }
            assertThat(readable(store, 0, 10)).isEqualTo(10);
            assertThat(fixture.counter("peerdist_store_relocated_blocks")).isPositive();
            for (int number = 0; number < 10; number++) {
                store.unpin(segment(number).id());
            }
            // They have been read, and so have a credit, which fades.
            for (int number = MANY; number < 6 * MANY; number++) {
                segment(number).putAll(store);
            }
            assertThat(readable(store, 0, 10)).isZero();
        }
    }

    @Test
    void keepsBlocksThatAreReadOften() {
        try (BlockStore store = fixture.open()) {
            for (int number = 0; number < MANY; number++) {
                segment(number).putAll(store);
                for (int hot = 0; hot < Math.min(number, 8); hot++) {
                    segment(hot).isReadable(store, 0);
                }
            }
            assertThat(readable(store, 0, 8)).isEqualTo(8);
            assertWithinLimit(store);
        }
    }

    @Test
    void rejectsBlocksWhenAllIsPinned() {
        int number = 0;
        try (BlockStore store = fixture.open()) {
            PutResult result = PutResult.STORED;
            while (result == PutResult.STORED) {
                assertThat(number).isLessThan(MANY);
                result = segment(number).put(store, 0);
                store.pin(segment(number).id());
                number++;
            }
            assertThat(result).isEqualTo(PutResult.REJECTED_NO_SPACE);
            assertThat(fixture.counter("peerdist_store_rejected", "reason", "no_space"))
                    .isEqualTo(1);
            assertThat(readable(store, 0, number - 1)).isEqualTo(number - 1);
            assertWithinLimit(store);
            store.unpin(segment(3).id());
            for (int other = 0; other < 40; other++) {
                store.unpin(segment(other).id());
            }
            assertThat(segment(number).put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void keepsAnOpenBlockRightWhileItsExtentIsGivenUp() {
        try (BlockStore store = fixture.open()) {
            segment(0).putAll(store);
            try (StoredBlock reading =
                    Objects.requireNonNull(store.load(segment(0).id()).open(0))) {
                store.evict(segment(0).id());
                for (int number = 1; number < MANY; number++) {
                    segment(number).putAll(store);
                    assertWithinLimit(store);
                }
                segment(0).assertRight(reading, 0);
            }
            assertThat(segment(0).isReadable(store, 0)).isFalse();
        }
    }

    @Test
    void countsDeletedExtentsUntilTheirReadersAreDone() {
        try (BlockStore store = fixture.open()) {
            List<StoredBlock> reading = new ArrayList<>();
            for (int number = 0; number < 90; number++) {
                segment(number).putAll(store);
                reading.add(
                        Objects.requireNonNull(store.load(segment(number).id()).open(0)));
            }
            store.dropAll();
            assertThat(store.statistics().usedBytes()).isGreaterThan(MAX_BYTES / 2);
            for (int number = 90; number < MANY; number++) {
                assertThat(segment(number).put(store, 0)).isIn(PutResult.STORED, PutResult.REJECTED_NO_SPACE);
                assertThat(store.statistics().usedBytes()).isLessThanOrEqualTo(MAX_BYTES);
            }
            for (int number = 0; number < 90; number++) {
                segment(number).assertRight(reading.get(number), 0);
                reading.get(number).close();
            }
            assertThat(segment(MANY).put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void rejectsBlocksWhileEverythingIsBeingRead() {
        try (BlockStore store = fixture.open()) {
            List<StoredBlock> reading = new ArrayList<>();
            PutResult result = PutResult.STORED;
            for (int number = 0; number < MANY && result == PutResult.STORED; number++) {
                result = segment(number).put(store, 0);
                if (result == PutResult.STORED) {
                    reading.add(Objects.requireNonNull(
                            store.load(segment(number).id()).open(0)));
                }
            }
            assertThat(result).isEqualTo(PutResult.REJECTED_NO_SPACE);
            assertWithinLimit(store);
            reading.forEach(StoredBlock::close);
            assertThat(segment(MANY).put(store, 0)).isEqualTo(PutResult.STORED);
        }
    }

    @Test
    void writersAndReadersAtOnceSeeNoWrongOctet() {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        AtomicBoolean writing = new AtomicBoolean(true);
        AtomicLong read = new AtomicLong();
        try (BlockStore store = fixture.open()) {
            List<CompletableFuture<Void>> writers = IntStream.range(0, 3)
                    .mapToObj(writer -> CompletableFuture.runAsync(() -> write(store, writer), threads))
                    .toList();
            List<CompletableFuture<Void>> readers = IntStream.range(0, 3)
                    .mapToObj(reader -> CompletableFuture.runAsync(
                            () -> {
                                for (int turn = reader; writing.get(); turn += 7) {
                                    read.addAndGet(segment(turn % MANY).isReadable(store, 0) ? 1 : 0);
                                }
                            },
                            threads))
                    .toList();
            writers.forEach(Await::result);
            writing.set(false);
            readers.forEach(Await::result);
            StoreDirectoryFixture.awaitRoom(store);
            assertWithinLimit(store);
            assertThat(store.statistics().blocks()).isEqualTo(readable(store, 0, MANY));
            assertThat(fixture.counter("peerdist_store_damaged_blocks")).isZero();
            assertThat(read.get()).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void writersGoOnWhileTheDiskTakesWhatAnEvictionHasMoved() {
        List<FaultyExtentFiles> disks = new ArrayList<>();
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        try (BlockStore store = fixture.open(directory -> {
            disks.add(new FaultyExtentFiles(directory));
            return disks.get(0);
        })) {
            disks.get(0).beforeForce = () -> {
                if (Thread.currentThread().getName().equals("block-store-housekeeping")) {
                    forcing.countDown();
                    Await.result(CompletableFuture.runAsync(() -> awaitUninterruptibly(letGo)));
                }
            };
            segment(0).putAll(store);
            store.pin(segment(0).id());
            int number = 1;
            for (; forcing.getCount() > 0 && number < MANY; number++) {
                segment(number).putAll(store);
            }
            assertThat(forcing.getCount()).as("an eviction").isZero();
            for (int more = 0; more < 5; more++) {
                assertThat(segment(number + more).put(store, 0)).isEqualTo(PutResult.STORED);
                assertThat(segment(number + more).isReadable(store, 0)).isTrue();
            }
            assertThat(letGo.getCount()).isPositive();
            letGo.countDown();
            for (int more = 5; more < 60; more++) {
                segment(number + more).putAll(store);
                assertWithinLimit(store);
            }
        } finally {
            letGo.countDown();
        }
    }

    /** Forcing what was moved, and freeing the blocks of a large file, take a disk long. */
    @Test
    void othersRemoveAndPinWhileTheDiskWorksForAnEviction() {
        List<FaultyExtentFiles> disks = new ArrayList<>();
        AtomicInteger forces = new AtomicInteger();
        AtomicInteger closes = new AtomicInteger();
        try (BlockStore store = fixture.open(directory -> {
            disks.add(new FaultyExtentFiles(directory));
            return disks.get(0);
        })) {
            segment(0).putAll(store);
            store.pin(segment(0).id());
            Runnable others = () -> Await.result(CompletableFuture.runAsync(() -> {
                assertThat(store.pin(segment(0).id())).isTrue();
                assertThat(store.removeBlock(segment(MANY).id(), 0)).isFalse();
            }));
            disks.get(0).beforeForce = () -> {
                forces.incrementAndGet();
                others.run();
            };
            disks.get(0).beforeClose = () -> {
                closes.incrementAndGet();
                others.run();
            };
            for (int number = 1; number < MANY && (forces.get() < 3 || closes.get() < 5); number++) {
                segment(number).putAll(store);
            }
            StoreDirectoryFixture.awaitRoom(store);
            disks.get(0).beforeForce = () -> {};
            disks.get(0).beforeClose = () -> {};
            assertThat(forces).hasPositiveValue();
            assertThat(closes).hasPositiveValue();
            assertThat(segment(0).isReadable(store, 0)).isTrue();
        }
    }

    /** Not one of them for all of the time: each gives way a little while there is still room. */
    @Test
    void writersSlowDownBeforeTheyHaveToWaitForAnEviction() {
        List<FaultyExtentFiles> disks = new ArrayList<>();
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger closes = new AtomicInteger();
        fixture.change(StoreDirectoryFixture.settings(fixture.directory(), 16 << 20, 4 << 20));
        try (BlockStore store = fixture.open(directory -> {
            disks.add(new FaultyExtentFiles(directory));
            return disks.get(0);
        })) {
            disks.get(0).beforeClose = () -> {
                closes.incrementAndGet();
                awaitUninterruptibly(letGo);
            };
            int number = 0;
            for (; closes.get() == 0 && number < 2 * MANY; number++) {
                segment(number).putAll(store);
            }
            assertThat(closes).as("an eviction").hasValue(1);
            Thread writer = new Thread(() -> {
                for (int more = 2 * MANY; letGo.getCount() > 0; more++) {
                    segment(more).putAll(store);
                }
            });
            writer.start();
            Await.until("the writer to be slowed down", () -> writer.getState() == Thread.State.TIMED_WAITING);
            letGo.countDown();
            Await.until("the writer to end", () -> !writer.isAlive());
        } finally {
            letGo.countDown();
        }
    }

    /** What an eviction has moved is safe only when the name of the file it was moved to is on the disk. */
    @Test
    void deletesNothingWhileAnotherThreadForcesWhatWasMoved() {
        List<FaultyExtentFiles> disks = new ArrayList<>();
        Thread writer = Thread.currentThread();
        AtomicBoolean forcing = new AtomicBoolean();
        AtomicInteger forces = new AtomicInteger();
        AtomicInteger deletedEarly = new AtomicInteger();
        try (BlockStore store = fixture.open(directory -> {
            disks.add(new FaultyExtentFiles(directory));
            return disks.get(0);
        })) {
            FaultyExtentFiles disk = disks.get(0);
            disk.beforeDirectoryForce = () -> {
                if (Thread.currentThread() != writer) {
                    forcing.set(true);
                    forces.incrementAndGet();
                    Await.until(
                            "the writer to run out of room",
                            () -> writer.getState() == Thread.State.WAITING || deletedEarly.get() > 0);
                    forcing.set(false);
                }
            };
            disk.beforeDelete = () -> deletedEarly.addAndGet(forcing.get() ? 1 : 0);
            segment(0).putAll(store);
            store.pin(segment(0).id());
            for (int number = 1; number < MANY && forces.get() < 3; number++) {
                segment(number).putAll(store);
            }
            disk.beforeDirectoryForce = () -> {};
            assertThat(forces).hasPositiveValue();
            assertThat(deletedEarly).hasValue(0);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each writer puts every segment, so that they meet. */
    private static void write(BlockStore store, int writer) {
        for (int turn = 0; turn < MANY; turn++) {
            TestSegment segment = segment((turn + writer * 5) % MANY);
            // Everything may be read by the others at the moment, so a rejection is no failure.
            assertThat(segment.put(store, 0))
                    .isIn(PutResult.STORED, PutResult.ALREADY_HELD, PutResult.REJECTED_NO_SPACE);
            if (turn % 50 == 0) {
                store.sync();
            }
        }
    }
}
