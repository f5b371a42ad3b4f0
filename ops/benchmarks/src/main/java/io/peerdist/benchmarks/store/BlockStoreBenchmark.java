// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A store of 256 MiB with 2,000 segments of one block, small enough to lie in the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BlockStoreBenchmark { // not final: JMH extends it
    private static final int SEGMENTS = 2_000;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int ID_BYTES = 32;
    private static final long STORE_BYTES = 256L << 20;

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<SegmentId> held = new ArrayList<>();
    private final byte[] block = octets(BLOCK_BYTES);
    private final byte[] iv = octets(16);
    private @Nullable Path directory;
    private @Nullable BlockStore store;
    private int next;

    private byte[] octets(int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        return octets;
    }

    /** Fills the store. */
    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory("peerdist-benchmark");
        store = BlockStore.open(
                BlockStoreSettings.of(directory, STORE_BYTES), InstantSource.system(), new SimpleMeterRegistry());
        for (int i = 0; i < SEGMENTS; i++) {
            SegmentId id = SegmentId.of(octets(ID_BYTES));
            putBlock(id);
            held.add(id);
        }
    }

    /** Removes it. */
    @TearDown
    public void close() throws IOException {
        open(store).close();
        try (Stream<Path> files = Files.walk(open(directory))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static <T> T open(@Nullable T thing) {
        if (thing == null) {
            throw new IllegalStateException("JMH calls @Setup first");
        }
        return thing;
    }

    private PutResult putBlock(SegmentId id) {
        SegmentAttributes segment =
                new SegmentAttributes(id, BLOCK_BYTES, BLOCK_BYTES, new byte[SegmentAttributes.CONTENT_TAG_BYTES]);
        return open(store).put(segment, 0, CryptoAlgorithm.AES_128, iv, ByteBuffer.wrap(block));
    }

    /** A block that is new; soon each one evicts another. */
    @Benchmark
    public PutResult put() {
        return putBlock(SegmentId.of(octets(ID_BYTES)));
    }

    /** What is held, out of memory as a rule. */
    @Benchmark
    public HeldSegment find() {
        next = (next + 1) % held.size();
        return open(store).load(held.get(next));
    }

    /** What is not held. */
    @Benchmark
    public HeldSegment miss() {
        return open(store).load(SegmentId.of(octets(ID_BYTES)));
    }
}
