// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * How long single operations of a full block store take while it is written to as fast as it goes, so that it evicts all the
 * time: two threads put, one reads what was put not long ago, one removes segments. Beside them one thread forces a small file
 * of its own now and then, which says what the disk itself keeps waiting for, and one sleeps, which says the same of the
 * Java machine and the processors. Prints a name and a number on each line; times are microseconds.
 */
public final class StorePauses {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int ID_BYTES = 32;
    private static final int PUTTING_THREADS = 2;

    /** Segments that are read and removed: put a short while ago, and few beside what the store holds. */
    private static final int RECENT = 2048;

    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long REMOVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Clock clock = Clock.system();
    private final BlockStore store;
    private final Path probed;
    private final AtomicReferenceArray<SegmentId> recent = new AtomicReferenceArray<>(RECENT);

    private StorePauses(BlockStore store, Path probed) {
        this.store = store;
        this.probed = probed;
    }

    /** One thing that a thread does over and over. */
    private interface Action {
        /** Answers whether what it did counts. */
        boolean run(int turn) throws IOException;
    }

    /** {@code DIRECTORY CACHE-BYTES SECONDS SYNC-BYTES}: the directory exists, and may be deleted afterwards. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        Path directory = Path.of(arguments[0]);
        long maxBytes = Long.parseLong(arguments[1]);
        long seconds = Long.parseLong(arguments[2]);
        BlockStoreSettings defaults = BlockStoreSettings.of(directory.resolve("store"), maxBytes);
        BlockStoreSettings settings = defaults.withSync(defaults.syncInterval(), Long.parseLong(arguments[3]));
        try (BlockStore store = BlockStore.open(settings, InstantSource.system(), new SimpleMeterRegistry())) {
            new StorePauses(store, directory.resolve("probed")).measure(maxBytes, TimeUnit.SECONDS.toNanos(seconds));
        }
    }

    private void measure(long maxBytes, long nanos) throws InterruptedException, ExecutionException {
        Action filling = putting(0);
        for (int turn = 0; turn < maxBytes / BLOCK_BYTES; turn++) {
            run(filling, turn);
        }
        long collectingBefore = collectingMillis();
        long end = clock.nanoTime() + nanos;
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Durations>> puts = new ArrayList<>();
            for (int i = 1; i <= PUTTING_THREADS; i++) {
                Action putting = putting(i);
                puts.add(threads.submit(() -> repeat(putting, 0, end)));
            }
            Future<Durations> gets = threads.submit(() -> repeat(getting(), 0, end));
            SplittableRandom random = new SplittableRandom(-1);
            Future<Durations> removals =
                    threads.submit(() -> repeat(turn -> store.evict(anyRecent(random)), REMOVAL_NANOS, end));
            Future<Durations> forces = threads.submit(() -> repeat(forcing(), PROBE_NANOS, end));
            Future<Long> naps = threads.submit(() -> longestNap(end));
            Durations put = puts.get(0).get();
            for (Future<Durations> other : puts.subList(1, puts.size())) {
                put.add(other.get());
            }
            print("put", put, nanos);
            print("get", gets.get(), nanos);
            print("delete", removals.get(), nanos);
            print("force", forces.get(), nanos);
            print("nap.longest", naps.get() / 1e3);
            print("collecting", (collectingMillis() - collectingBefore) * 1e3);
        } finally {
            threads.shutdown();
        }
    }

    private static boolean run(Action action, int turn) {
        try {
            return action.run(turn);
        } catch (IOException e) {
            throw new IllegalStateException("the disk fails", e);
        }
    }

    private Durations repeat(Action action, long pauseNanos, long end) {
        Durations durations = new Durations();
        long before = clock.nanoTime();
        for (int turn = 0; before < end; turn++) {
            boolean counts = run(action, turn);
            long after = clock.nanoTime();
            if (counts) {
                durations.add(after - before);
            }
            if (pauseNanos > 0) {
                LockSupport.parkNanos(pauseNanos);
            }
            before = pauseNanos > 0 ? clock.nanoTime() : after;
        }
        return durations;
    }

    private Action putting(int number) {
        SplittableRandom random = new SplittableRandom(number);
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        byte[] octets = new byte[BLOCK_BYTES];
        random.nextBytes(octets);
        block.put(octets).flip();
        byte[] iv = new byte[16];
        byte[] idOctets = new byte[ID_BYTES];
        byte[] tag = new byte[SegmentAttributes.CONTENT_TAG_BYTES];
        return turn -> {
            random.nextBytes(idOctets);
            SegmentId id = SegmentId.of(idOctets);
            SegmentAttributes segment = new SegmentAttributes(id, BLOCK_BYTES, BLOCK_BYTES, tag);
            PutResult result = store.put(segment, 0, CryptoAlgorithm.AES_128, iv, block);
            if (result != PutResult.STORED) {
                throw new IllegalStateException("put: " + result + " (expected: STORED)");
            }
            recent.set(random.nextInt(RECENT), id);
            return true;
        };
    }

    private SegmentId anyRecent(SplittableRandom random) {
        SegmentId id = recent.get(random.nextInt(RECENT));
        return id == null ? SegmentId.of(new byte[ID_BYTES]) : id;
    }

    private Action getting() {
        SplittableRandom random = new SplittableRandom(-2);
        ByteBuffer target = ByteBuffer.allocateDirect(BLOCK_BYTES);
        return turn -> {
            try (StoredBlock block = store.load(anyRecent(random)).open(0)) {
                if (block == null) {
                    return false;
                }
                target.clear();
                while (target.hasRemaining()
                        && block.channel().read(target, block.position() + target.position()) > 0) {
                    // reads on
                }
                return true;
            }
        };
    }

    private Action forcing() {
        ByteBuffer octets = ByteBuffer.allocate(4096);
        return turn -> {
            try (FileChannel file = FileChannel.open(probed, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.write(octets.clear(), 0);
                file.force(false);
            }
            return true;
        };
    }

    /** How much later than asked for a thread that does nothing was woken up. */
    private long longestNap(long end) {
        long longest = 0;
        for (long before = clock.nanoTime(); before < end; before = clock.nanoTime()) {
            LockSupport.parkNanos(NAP_NANOS);
            longest = Math.max(longest, clock.nanoTime() - before - NAP_NANOS);
        }
        return longest;
    }

    private static long collectingMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private static void print(String name, Durations durations, long nanos) {
        print(name + ".rate", durations.count() / (nanos / NANOS_PER_SECOND));
        print(name + ".p50", durations.micros(0.5));
        print(name + ".p99", durations.micros(0.99));
        print(name + ".p999", durations.micros(0.999));
        print(name + ".longest", durations.micros(1));
        print(name + ".late", (double) durations.longerThan(TimeUnit.MILLISECONDS.toNanos(50)));
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.1f%n", name, value);
    }
}
