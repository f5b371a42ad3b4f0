// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.PutResult;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.retrieval.RetrievalException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to pull one segment from one peer: see what is missing, ask the peer which of it there is when that spares
 * requests, get each block, look whether it is the block, store it. With a description of the segment the blocks are
 * decrypted and checked against their hashes, without one only by their length. Steps run on event loops and workers, all
 * that takes a while on workers; what they share is guarded by this object.
 */
@SuppressWarnings("FutureReturnValueIgnored") // every step ends in the one future that is returned
final class SegmentPull {
    /** From this many blocks on the peer is asked first which of them it has, as Windows does (MS-PCCRR note 10). */
    static final int MIN_BLOCKS_TO_LIST = 4;
    /** Blocks of one segment asked for at once. */
    static final int MAX_BLOCKS_ASKED = 4;

    private static final Logger log = LoggerFactory.getLogger(SegmentPull.class);

    private final SegmentPuller puller;
    private final InetSocketAddress peer;
    private final CompletableFuture<PullResult> result = new CompletableFuture<>();
    private final Deque<Integer> toAsk = new ArrayDeque<>();
    private OfferedSegment segment; // as the best description has it, from the first step on
    private boolean replacesStored; // in the steps before and with the first block alone
    private int asked;
    private int stored;
    private boolean someMissing;
    private @Nullable PullResult failure;

    SegmentPull(SegmentPuller puller, InetSocketAddress peer, OfferedSegment segment) {
        this.puller = puller;
        this.peer = peer;
        this.segment = segment;
    }

    CompletableFuture<PullResult> start() {
        onWorker(this::lookUp);
        return result;
    }

    private void onWorker(Runnable step) {
        try {
            puller.workers().execute(() -> guarded(step));
        } catch (RejectedExecutionException e) {
            log.debug("segment {}: no room in the pool", segment.id(), e);
            result.complete(PullResult.OVERLOADED);
        }
    }

    /** A step that fails ends the pull: one that never ended would hold its place for ever. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (BlockStoreException e) {
            log.warn("segment {}: the store failed", segment.id(), e);
            result.complete(PullResult.NOT_STORED);
        } catch (RuntimeException e) {
            log.error("segment {} from {}: a step failed", segment.id(), peer, e);
            result.complete(PullResult.FAILED);
        }
    }

    private void lookUp() {
        segment = puller.describe(segment);
        SegmentDescription description = segment.description();
        if (description != null && segment.isProven()) {
            if (puller.check().isStoredOtherwise(description)) {
                replaceStored();
                return;
            }
            puller.checkStored(description, segment.tag());
        }
        BlockRanges held = puller.held().load(segment.id()).blocks();
        BlockRanges wanted = BlockRanges.first(segment.pullableBlocks()).minus(held);
        if (wanted.isEmpty()) {
            result.complete(isComplete(held) ? PullResult.HELD : PullResult.MISSING);
        } else if (wanted.blockCount() < MIN_BLOCKS_TO_LIST) {
            fetch(wanted);
        } else {
            puller.client().getBlockList(peer, segment.id(), wanted).whenComplete((listed, failed) -> {
                if (failed == null) {
                    guarded(() -> fetchListed(wanted, listed));
                } else {
                    result.complete(resultOf(failed));
                }
            });
        }
    }

    /**
     * Something is stored under other lengths than the description has. Block hashes say nothing of lengths, but for the last
     * block, which proves the segment's: once it has come what is stored goes, and the rest is asked for.
     */
    private void replaceStored() {
        replacesStored = true;
        fetch(BlockRanges.of(List.of(new BlockRange(segment.blockCount() - 1, 1))));
    }

    private void lastBlockProvesLength() {
        replacesStored = false;
        puller.check().removeAll(segment.id());
        synchronized (this) {
            IntStream.range(0, segment.blockCount() - 1).forEach(toAsk::add);
        }
    }

    private void fetchListed(BlockRanges wanted, BlockRanges listed) {
        if (listed.isEmpty()) {
            result.complete(PullResult.MISSING);
            return;
        }
        synchronized (this) {
            someMissing = !listed.equals(wanted);
        }
        fetch(listed);
    }

    private void fetch(BlockRanges blocks) {
        synchronized (this) {
            blocks.indexes().forEach(toAsk::add);
        }
        askMore();
    }

    private void askMore() {
        for (Integer index = nextToAsk(); index != null; index = nextToAsk()) {
            int blockIndex = index;
            puller.client().getBlock(peer, segment.id(), blockIndex).whenComplete((block, failed) -> {
                guarded(() -> {
                    if (failed == null) {
                        received(block);
                    } else {
                        blockEnded(resultOf(failed));
                    }
                });
            });
        }
    }

    private synchronized @Nullable Integer nextToAsk() {
        if (failure != null || asked >= MAX_BLOCKS_ASKED || toAsk.isEmpty()) {
            return null;
        }
        asked++;
        return toAsk.remove();
    }

    /** The client has seen to it that the block has the right segment, index and initialization vector. */
    private void received(BlockResponse block) {
        if (block.isEmpty()) {
            blockEnded(PullResult.MISSING);
        } else if (!canBe(block)) {
            wrong(block, PullFault.LENGTH);
        } else {
            onWorker(() -> store(block));
        }
    }

    private void wrong(BlockResponse block, PullFault fault) {
        log.debug(
                "{} sent {} octets of {} for block {} of segment {}, a block of {}: wrong {}",
                peer,
                block.ciphertextBytes(),
                block.cryptoAlgorithm(),
                block.blockIndex(),
                segment.id(),
                segment.blockLength(block.blockIndex()),
                fault.label());
        puller.metrics().fault(fault);
        puller.proven().doubt(segment.id());
        blockEnded(fault.result());
    }

    /** Without the key only the length can be judged: that of the block, or padded to whole cipher blocks. */
    private boolean canBe(BlockResponse block) {
        int plainBytes = segment.blockLength(block.blockIndex());
        int ciphertextBytes = block.ciphertextBytes();
        if (block.cryptoAlgorithm() == CryptoAlgorithm.NONE) {
            return ciphertextBytes == plainBytes;
        }
        return ciphertextBytes >= plainBytes
                && ciphertextBytes <= BlockCipher.ciphertextBytes(block.cryptoAlgorithm(), plainBytes)
                && block.initializationVector().length == BlockCipher.IV_BYTES;
    }

    private void store(BlockResponse block) {
        SegmentDescription description = segment.description();
        BlockResponse checked =
                description == null ? block : puller.verification().verified(block, description);
        if (checked == null) {
            wrong(block, PullFault.HASH);
            return;
        }
        if (replacesStored) {
            lastBlockProvesLength();
        }
        if (!segment.isProven()) {
            puller.proven().setChecked(segment.id(), false);
        }
        PutResult put = puller.sink()
                .put(
                        segment.attributes(),
                        block.blockIndex(),
                        checked.cryptoAlgorithm(),
                        checked.initializationVector(),
                        checked.ciphertext());
        if (put == PutResult.STORED) {
            puller.metrics().stored(checked.ciphertextBytes());
        } else if (!put.isHeld()) {
            log.debug("segment {}: block {} not stored: {}", segment.id(), block.blockIndex(), put);
        }
        blockEnded(put.isHeld() ? PullResult.STORED : PullResult.NOT_STORED);
    }

    private void blockEnded(PullResult ended) {
        PullResult end;
        synchronized (this) {
            asked--;
            if (ended == PullResult.STORED) {
                stored++;
            } else if (ended == PullResult.MISSING) {
                someMissing = true;
            } else if (failure == null) {
                failure = ended;
            }
            end = asked == 0 && (failure != null || toAsk.isEmpty()) ? summary() : null;
        }
        if (end != null) {
            result.complete(end);
        } else {
            askMore();
        }
    }

    private PullResult summary() {
        if (failure != null) {
            return failure;
        }
        if (someMissing || segment.pullableBlocks() < segment.blockCount()) {
            return stored == 0 ? PullResult.MISSING : PullResult.PARTIAL;
        }
        return PullResult.STORED;
    }

    private boolean isComplete(BlockRanges held) {
        return held.blockCount() >= segment.blockCount();
    }

    private PullResult resultOf(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (cause instanceof RetrievalException e) {
            log.debug("segment {} from {}: {}", segment.id(), peer, e.getMessage());
            PullFault fault = PullFault.of(e);
            if (fault == null) {
                return PullResult.OVERLOADED;
            }
            puller.metrics().fault(fault);
            return fault.result();
        }
        log.warn("segment {} from {}: unexpected failure", segment.id(), peer, cause);
        return PullResult.FAILED;
    }
}
