// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store whose power goes at random points, with arbitrary parts of what was not forced lost. What {@code sync()} has
 * answered for must be there, nothing wrong may be, and the counts must be right. Now and then the process is killed before. {@code -Dpeerdist.powercuts=N} makes N
 * cuts, {@code -Dseed=S} repeats a run.
 */
class BlockStorePowerCutIT {
    private static final int CUTS = Integer.getInteger("peerdist.powercuts", 16);
    private static final int MAX_STEPS = 80;

    /** One time in so many, besides the first, only the process dies: what it has written reaches the disk or not later. */
    private static final int KILLED = 3;

    /** What leaves most of the smallest store to others. */
    private static final int MAX_PINNED = 20;

    private final Gen gen = Gen.ofSeed(Long.getLong("seed", new SecureRandom().nextLong()));
    private final Set<Long> put = new TreeSet<>();
    private final Set<Long> durable = new HashSet<>();
    private final Set<Long> removed = new HashSet<>();
    private long nextNumber = 1;

    @TempDir
    private Path directory;

    private static TestSegment segment(long number) {
        return number % 7 == 0
                ? TestSegment.ofManyBlocks(number, 2 * 65536 + 5)
                : TestSegment.ofOneBlock(number, 500 + (int) (number * 7919 % 40_000));
    }

    @Test
    void keepsWhatWasSyncedAndNothingWrong() throws IOException {
        run(128 << 20, 1 << 20, false);
    }

    @Test
    void keepsPinnedBlocksThatEvictionsWereMoving() throws IOException {
        run(8 << 20, 1 << 20, true);
    }

    @Test
    void answersForNothingThatAFailedForceHasLost() throws IOException {
        StoreDirectoryFixture fixture = fixture(0, 128 << 20, 1 << 20);
        StoreDirectoryFixture next = fixture(1, 128 << 20, 1 << 20);
        PowerCutFiles[] disk = new PowerCutFiles[1];
        try (BlockStore store = fixture.open(log -> disk[0] = new PowerCutFiles(log))) {
            segment(1).putAll(store);
            store.sync();
            // More than the system is given again at once, in more than one extent.
            for (long number = 2; number < 100; number++) {
                segment(number).putAll(store);
            }
            disk[0].nextForceFails = true;
            assertThatThrownBy(store::sync).isInstanceOf(BlockStoreException.class);
            store.sync();
            StoreDirectoryFixture from = fixture;
            disk[0].cutTo(next.logDirectory(), gen, () -> from.copyCatalogueTo(next.directory()));
        }
        try (BlockStore store = next.open()) {
            for (long number = 1; number < 100; number++) {
                assertThat(segment(number).isReadable(store, 0))
                        .as("seed %s, segment %s", gen.seed(), number)
                        .isTrue();
            }
        }
    }

    private void run(long maxBytes, long extentBytes, boolean pinning) throws IOException {
        StoreDirectoryFixture fixture = fixture(0, maxBytes, extentBytes);
        PowerCutFiles killed = null;
        for (int cut = 1; cut <= CUTS; cut++) {
            StoreDirectoryFixture next = fixture(cut, maxBytes, extentBytes);
            PowerCutFiles[] disk = new PowerCutFiles[1];
            PowerCutFiles before = killed;
            BlockStore store = fixture.open(
                    log -> disk[0] = before == null ? new PowerCutFiles(log) : new PowerCutFiles(log, before));
            try {
                check(store, pinning);
                int steps = gen.intBetween(1, pinning ? 3 * MAX_STEPS : MAX_STEPS);
                boolean current = false;
                for (int step = 0; step < steps; step++) {
                    current = step(store, pinning);
                    if (current) {
                        // What a cut leaves of the catalogue is at least what was synced.
                        fixture.copyCatalogueTo(next.directory());
                    }
                }
                killed = gen.intBetween(0, KILLED) == 0 ? disk[0] : null;
                if (killed == null) {
                    cut(fixture, next, disk[0], current || pinning);
                } else {
                    StoreDirectoryFixture from = fixture;
                    killed.killTo(next.logDirectory(), () -> from.copyCatalogueTo(next.directory()));
                }
            } finally {
                store.close();
            }
            fixture.delete();
            fixture = next;
        }
        try (BlockStore store = fixture.open()) {
            check(store, pinning);
        }
    }

    private void cut(StoreDirectoryFixture from, StoreDirectoryFixture to, PowerCutFiles disk, boolean newest)
            throws IOException {
        boolean hasOlder = to.directory().resolve("catalogue").toFile().exists();
        // Extents are deleted only when the catalogue is forced, so a store that evicts is not given an older one, not
        // even by as much as an eviction in the background does meanwhile.
        boolean copied = !hasOlder || newest || gen.intBetween(0, 1) == 0;
        disk.cutTo(to.logDirectory(), gen, () -> {
            if (copied) {
                from.copyCatalogueTo(to.directory());
            }
        });
    }

    private StoreDirectoryFixture fixture(int number, long maxBytes, long extentBytes) {
        Path path = directory.resolve("store" + number);
        StoreDirectoryFixture fixture = new StoreDirectoryFixture(path);
        fixture.change(StoreDirectoryFixture.settings(path, maxBytes, extentBytes));
        return fixture;
    }

    /** Answers whether everything put so far is durable now. */
    private boolean step(BlockStore store, boolean pinning) {
        int choice = gen.intBetween(0, 19);
        if (choice == 0) {
            store.sync();
            durable.addAll(put);
            durable.removeAll(removed);
            return true;
        }
        if (choice == 1 && !put.isEmpty() && !pinning) {
            long number = put.stream()
                    .skip(gen.intBetween(0, put.size() - 1))
                    .findFirst()
                    .orElseThrow();
            store.evict(segment(number).id());
            put.remove(number);
            durable.remove(number);
            removed.add(number);
            return false;
        }
        TestSegment segment = segment(nextNumber);
        for (int index = 0; index < segment.blockCount(); index++) {
            // With a pinned block in each extent and none to spare after a cut there may be no room.
            assertThat(segment.put(store, index))
                    .isIn(pinning ? List.of(PutResult.STORED, PutResult.REJECTED_NO_SPACE) : List.of(PutResult.STORED));
        }
        if (!pinning) {
            put.add(nextNumber);
        } else if (nextNumber % 20 == 1 && store.isComplete(segment.id()) && store.pin(segment.id())) {
            put.add(nextNumber);
            if (put.size() > MAX_PINNED) {
                long oldest = put.iterator().next();
                store.unpin(segment(oldest).id());
                put.remove(oldest);
                durable.remove(oldest);
            }
        }
        nextNumber++;
        return false;
    }

    private void check(BlockStore store, boolean pinning) {
        for (long number : durable) {
            TestSegment segment = segment(number);
            for (int index = 0; index < segment.blockCount(); index++) {
                assertThat(segment.isReadable(store, index))
                        .as("seed %s, segment %s, block %s, %s", gen.seed(), number, index, store.recoveryReport())
                        .isTrue();
            }
        }
        for (long number = 1; number < nextNumber; number++) {
            // Fails when it gives anything but the right octets.
            segment(number).isReadable(store, 0);
        }
        // The mark of a removal may be on the disk before the catalogue knows: such blocks read as absent, and go for
        // damage.
        for (long number : removed) {
            IntStream.range(0, segment(number).blockCount())
                    .forEach(index -> segment(number).isReadable(store, index));
        }
        if (!pinning) {
            put.retainAll(durable);
            for (long number = 1; number < nextNumber; number++) {
                if (segment(number).isReadable(store, 0)) {
                    put.add(number);
                }
            }
        } else {
            put.retainAll(durable);
        }
        VerificationProgress verified = store.verifyAll(progress -> true);
        assertThat(verified.damagedBlocks()).as("seed %s", gen.seed()).isZero();
        assertThat(store.statistics().blocks()).as("seed %s", gen.seed()).isEqualTo(verified.blocks());
        assertThat(store.statistics().segments()).as("seed %s", gen.seed()).isEqualTo(verified.segments());
    }
}
