// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.BlockTable;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.source.LocalCache.ReceivedBlock;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockVerifier;
import io.peerdist.codec.pccrr.BlockVerifier.Verdict;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.retrieval.BlockVerifiers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every block passes, whatever its source: decrypted, held against its hash, and only then written to the output and
 * kept in the local cache. A block that comes twice, from a slow source and from the one asked in its stead, is written once.
 * Thread-safe.
 */
final class BlockSink {
    private static final Logger LOGGER = LoggerFactory.getLogger(BlockSink.class);

    private final BlockOutput output;
    private final LocalCache cache;
    private final DownloadMetrics metrics;
    private final BlockVerifiers verifiers;

    private final BlockTable blocks;
    /** A bit for each block that is being written or has been. */
    private final AtomicLongArray taken;

    private final AtomicBoolean cacheFailed = new AtomicBoolean();

    /** What became of a block. */
    enum Result {
        /** It is written. */
        WRITTEN,
        /** It is right, but came before. */
        DUPLICATE,
        /** It is not the block it should be, and nothing was done with it. */
        BAD
    }

    /** @param verifiers may be shared with other sinks */
    BlockSink(
            BlockTable blocks,
            BlockOutput output,
            LocalCache cache,
            BlockVerifiers verifiers,
            DownloadMetrics metrics) {
        this.blocks = blocks;
        this.taken = new AtomicLongArray(blocks.blockCount() / Long.SIZE + 1);
        this.output = output;
        this.cache = cache;
        this.verifiers = verifiers;
        this.metrics = metrics;
    }

    /**
     * Takes a block in.
     *
     * @throws UncheckedIOException when the output cannot be written
     */
    Result accept(DownloadSource source, SegmentDescription segment, int blockIndex, FetchedBlock block) {
        List<ReceivedBlock> toKeep = new ArrayList<>(1);
        Result result = accept(source, segment, blockIndex, block, toKeep);
        keep(toKeep);
        return result;
    }

    /** The same, but what is to be kept as it is comes to {@code toKeep}, for {@link #keep} together with others. */
    Result accept(
            DownloadSource source,
            SegmentDescription segment,
            int blockIndex,
            FetchedBlock block,
            List<ReceivedBlock> toKeep) {
        if (block instanceof FetchedBlock.Plain plain) {
            return accept(source, segment, blockIndex, plain.bytes(), plain.bytes().length);
        }
        FetchedBlock.Encrypted encrypted = (FetchedBlock.Encrypted) block;
        int length = segment.blockLength(blockIndex);
        BlockVerifier verifier = verifiers.take();
        try {
            ByteBuffer plain = output.keepsBuffers() ? ByteBuffer.allocate(length) : verifier.room(length);
            Verdict verdict = verifier.decrypt(
                    segment,
                    blockIndex,
                    encrypted.algorithm(),
                    encrypted.initializationVector(),
                    encrypted.ciphertext(),
                    plain);
            return accept(source, segment, blockIndex, verdict, plain.flip(), () -> {
                if (!isAsWeWouldStore(encrypted, length)) {
                    cache.keep(segment, blockIndex, plain);
                } else if (source != DownloadSource.LOCAL_CACHE) {
                    toKeep.add(new ReceivedBlock(segment, blockIndex, encrypted));
                }
            });
        } finally {
            verifiers.giveBack(verifier);
        }
    }

    /** Takes a block in from the start of an array that is the caller's again afterwards. */
    Result accept(DownloadSource source, SegmentDescription segment, int blockIndex, byte[] plain, int length) {
        ByteBuffer block = output.keepsBuffers()
                ? ByteBuffer.wrap(Arrays.copyOf(plain, length))
                : ByteBuffer.wrap(plain, 0, length);
        BlockVerifier verifier = verifiers.take();
        try {
            Verdict verdict = verifier.check(segment, blockIndex, block);
            return accept(source, segment, blockIndex, verdict, block, () -> cache.keep(segment, blockIndex, block));
        } finally {
            verifiers.giveBack(verifier);
        }
    }

    /** Keeps blocks that were accepted, in one go. */
    void keep(List<ReceivedBlock> blocks) {
        if (!blocks.isEmpty()) {
            unlessItFails(() -> cache.keep(blocks));
        }
    }

    private Result accept(
            DownloadSource source,
            SegmentDescription segment,
            int blockIndex,
            Verdict verdict,
            ByteBuffer plain,
            Runnable keep) {
        if (verdict != Verdict.GENUINE) {
            metrics.badBlock(source);
            LOGGER.debug("block {} of {} from {}: {}", blockIndex, segment.id(), source.label(), verdict);
            return Result.BAD;
        }
        long offset = segment.offsetInContent() + (long) blockIndex * segment.blockBytes();
        if (!take(blocks.ordinalAt(offset))) {
            return Result.DUPLICATE;
        }
        try {
            if (source != DownloadSource.PARTIAL_FILE) {
                write(offset, plain.duplicate());
            }
            unlessItFails(keep);
        } catch (RuntimeException | Error e) {
            giveBack(blocks.ordinalAt(offset));
            throw e;
        }
        return Result.WRITTEN;
    }

    /** Whether nobody has taken the block before. */
    private boolean take(int ordinal) {
        long bit = 1L << (ordinal % Long.SIZE);
        return (taken.getAndUpdate(ordinal / Long.SIZE, word -> word | bit) & bit) == 0;
    }

    private void giveBack(int ordinal) {
        long bit = 1L << (ordinal % Long.SIZE);
        taken.getAndUpdate(ordinal / Long.SIZE, word -> word & ~bit);
    }

    /** What is written is right, whatever the cache does. */
    private void unlessItFails(Runnable keep) {
        try {
            keep.run();
        } catch (RuntimeException e) {
            if (cacheFailed.compareAndSet(false, true)) {
                LOGGER.warn("the local cache failed, going on without", e);
            }
        }
    }

    private static boolean isAsWeWouldStore(FetchedBlock.Encrypted block, int plainBytes) {
        return block.algorithm() != CryptoAlgorithm.NONE
                && block.ciphertext().remaining() == BlockCipher.ciphertextBytes(block.algorithm(), plainBytes);
    }

    private void write(long offset, ByteBuffer plain) {
        try {
            output.write(offset, plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
