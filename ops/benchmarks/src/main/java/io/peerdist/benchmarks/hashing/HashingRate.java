// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.hashing;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.digest.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * Octets hashed in a second, for the comparison with {@code openssl speed}: version 1.0 blocks alone, version 2.0
 * segments alone, each on so many threads; and the content server's pipeline, which makes both in one pass over what one
 * thread reads. The content comes from memory. Prints a name and octets per second on each line.
 */
public final class HashingRate {
    private static final int SEGMENT_BYTES = 96 << 10; // of version 2.0, about as the chunker cuts them on average
    private static final int CONTENT_BYTES =
            8 << 20; // small enough for no page faults, larger than the caches near a core
    private static final double NANOS_PER_SECOND = 1e9;

    private final Clock clock = Clock.system();
    private final byte[] content = new byte[CONTENT_BYTES];
    private final long secondsNanos;

    private HashingRate(double seconds) {
        this.secondsNanos = (long) (seconds * NANOS_PER_SECOND);
        new SplittableRandom(1).nextBytes(content);
    }

    /** {@code SECONDS THREADS}: of each figure; the first of two rounds, in which Java compiles, is not printed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HashingRate rate = new HashingRate(Double.parseDouble(arguments[0]));
        int threads = Integer.parseInt(arguments[1]);
        for (boolean print : new boolean[] {false, true}) {
            print(print, "v1", rate.alone(HashAlgorithm.SHA_256, ContentInformation.V1_BLOCK_BYTES, threads));
            print(print, "v2", rate.alone(HashAlgorithm.TRUNCATED_SHA_512, SEGMENT_BYTES, threads));
            print(print, "both", rate.pipeline(threads));
        }
    }

    private static void print(boolean print, String name, double octetsPerSecond) {
        if (print) {
            System.out.printf(Locale.ROOT, "%s %.0f%n", name, octetsPerSecond);
        }
    }

    private double alone(HashAlgorithm algorithm, int unitBytes, int threads) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(threads);
        long[] octets = new long[threads];
        long start = clock.nanoTime();
        for (int i = 0; i < threads; i++) {
            int number = i;
            Thread thread = new Thread(
                    () -> {
                        octets[number] = hashUntil(start + secondsNanos, algorithm, unitBytes);
                        done.countDown();
                    },
                    "hash-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        done.await();
        long total = 0;
        for (long one : octets) {
            total += one;
        }
        return total / ((clock.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private long hashUntil(long endNanos, HashAlgorithm algorithm, int unitBytes) {
        BlockHasher hasher = new BlockHasher(Digests::newDigest);
        byte[] hash = new byte[algorithm.digestBytes()];
        long octets = 0;
        int seen = 0;
        while (clock.nanoTime() < endNanos) {
            for (int at = 0; at + unitBytes <= content.length; at += unitBytes) {
                hasher.hash(algorithm, content, at, unitBytes, hash, 0);
                seen |= hash[0];
                octets += unitBytes;
            }
        }
        return seen == 0 ? 0 : octets;
    }

    private double pipeline(int threads) throws IOException, InterruptedException {
        ContentSecrets secrets = ContentSecrets.derive(SecretKey.of(new byte[] {1}));
        try (HashingPipeline pipeline = new HashingPipeline(threads, Digests::newDigest)) {
            long start = clock.nanoTime();
            long octets = pipeline.hash(new Repeated(start + secondsNanos), secrets, () -> false)
                    .orElseThrow()
                    .lengthBytes();
            return octets / ((clock.nanoTime() - start) / NANOS_PER_SECOND);
        }
    }

    /** The content over and over, until the time is up. */
    private final class Repeated implements ReadableByteChannel {
        private final long endNanos;
        private int position;

        Repeated(long endNanos) {
            this.endNanos = endNanos;
        }

        @Override
        public int read(ByteBuffer target) {
            if (clock.nanoTime() > endNanos) {
                return -1;
            }
            int count = Math.min(target.remaining(), content.length - position);
            target.put(content, position, count);
            position = (position + count) % content.length;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
