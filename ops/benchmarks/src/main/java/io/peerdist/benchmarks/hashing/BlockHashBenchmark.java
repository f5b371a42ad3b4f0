// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.hashing;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.runtime.digest.Digests;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The hash of one block of version 1.0 or one segment of version 2.0, as everything that verifies computes it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BlockHashBenchmark { // not final: JMH extends it
    /** Whose digest; the truncated one is that of version 2.0. */
    @Param({"SHA_256", "TRUNCATED_SHA_512"})
    public HashAlgorithm algorithm = HashAlgorithm.SHA_256;

    /** A block of version 1.0, the largest segment of version 2.0. */
    @Param({"65536", "131072"})
    public int bytes;

    /** Whose implementation. */
    public enum Source {
        /** The Java platform's. */
        PLATFORM,
        /** The quickest of the machine, as all programs of ours use it. */
        MACHINE
    }

    /** Whose implementation. */
    @Param
    public Source source = Source.MACHINE;

    private final byte[] octets = octets();
    private final byte[] hash = new byte[64];
    private BlockHasher hasher = new BlockHasher();

    private static byte[] octets() {
        byte[] octets = new byte[128 << 10];
        new Random(1).nextBytes(octets);
        return octets;
    }

    /** The hasher of one worker. */
    @Setup
    public void prepare() {
        hasher = new BlockHasher(source == Source.MACHINE ? Digests::newDigest : DigestSource.PLATFORM);
    }

    /** One hash as a worker computes one after the other. */
    @Benchmark
    public byte[] hash() {
        hasher.hash(algorithm, octets, 0, bytes, hash, 0);
        return hash;
    }

    /** The same on two threads, each with its own octets: beside twice the figure above, what the cores share. */
    @Benchmark
    @Threads(2)
    public byte[] hashOnTwoThreads() {
        return hash();
    }
}
