// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.hashing;

import io.peerdist.codec.pccrc.HashAlgorithm;
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
import org.openjdk.jmh.annotations.State;
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

    private final byte[] octets = octets();

    private static byte[] octets() {
        byte[] octets = new byte[128 << 10];
        new Random(1).nextBytes(octets);
        return octets;
    }

    /** One hash. */
    @Benchmark
    public byte[] hash() {
        return algorithm.hash(octets, 0, bytes);
    }
}
