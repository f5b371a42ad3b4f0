// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.conformance.Gen;
import io.peerdist.runtime.Workers;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A source that lies, fails and delivers rubbish. What it does with a block follows from the seed and the block, whatever the order of the questions.
 */
public final class FaultySource implements BlockSource {
    /** Blocks that one download asks of it at a time. */
    public static final int MAX_IN_FLIGHT = 8;

    private final DownloadSource kind;
    private final byte[] content;
    private final long seed;
    private final int soundPercent;
    private final Workers workers;
    private final AtomicInteger inFlight = new AtomicInteger();
    /** Blocks that were asked of it at a time. */
    public final AtomicInteger maxSeen = new AtomicInteger();

    public FaultySource(DownloadSource kind, byte[] content, Gen gen, Workers workers) {
        this.kind = kind;
        this.content = content;
        this.seed = gen.longBetween(0, Long.MAX_VALUE - 1);
        this.soundPercent = gen.oneOf(0, 50, 90, 100);
        this.workers = workers;
    }

    @Override
    public DownloadSource kind() {
        return kind;
    }

    @Override
    public int maxInFlight() {
        return MAX_IN_FLIGHT;
    }

    private SplittableRandom luck(SegmentDescription segment, int blockIndex) {
        return new SplittableRandom(seed + segment.offsetInContent() + blockIndex);
    }

    @Override
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        if (luck(segments.get(0), 1_000).nextInt(10) == 0) {
            return CompletableFuture.failedFuture(new IllegalStateException("broken on purpose"));
        }
        return CompletableFuture.supplyAsync(
                () -> new Holdings(segments.stream().map(this::held).toList(), false), workers);
    }

    private BlockRanges held(SegmentDescription segment) {
        BitSet some = new BitSet();
        IntStream.range(0, segment.blockCount())
                .filter(block -> luck(segment, block).nextInt(4) > 0)
                .forEach(some::set);
        return BlockRanges.copyOf(some);
    }

    @Override
    public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
        maxSeen.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        return CompletableFuture.supplyAsync(() -> block(segment, blockIndex), workers)
                .whenComplete((block, failure) -> inFlight.decrementAndGet());
    }

    private FetchedBlock block(SegmentDescription segment, int blockIndex) {
        SplittableRandom luck = luck(segment, blockIndex + 2_000);
        byte[] iv = new byte[BlockCipher.IV_BYTES];
        luck.nextBytes(iv);
        int offset = (int) segment.offsetInContent() + blockIndex * segment.blockBytes();
        int length = segment.blockLength(blockIndex);
        byte[] sound = BlockCipher.encrypt(CryptoAlgorithm.AES_256, segment.secret(), iv, content, offset, length);
        if (luck.nextInt(100) < soundPercent) {
            return new FetchedBlock.Encrypted(CryptoAlgorithm.AES_256, iv, sound);
        }
        return switch (luck.nextInt(5)) {
            case 0 -> FetchedBlock.ABSENT;
            case 1 -> throw new IllegalStateException("broken on purpose");
            case 2 -> new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, iv, sound);
            case 3 -> new FetchedBlock.Plain(Arrays.copyOf(content, luck.nextInt(length + 1)));
            default -> {
                sound[luck.nextInt(length)] ^= 4;
                yield new FetchedBlock.Encrypted(CryptoAlgorithm.AES_256, iv, sound);
            }
        };
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {}
}
