// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.publish;

import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockVerifier;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.digest.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/**
 * Takes every block of a file from one source, holds it to the content information, and keeps those that are right. Asks
 * nobody else, the origin least of all. For one use, by one thread.
 */
public final class Publication {
    /** Blocks on their way at a time: at most 2 MiB. */
    private static final int WINDOW = 16;
    /** Times that a block is asked for when the source does not answer; the machine may be busy. */
    private static final int MAX_TRIES = 3;

    private final OriginAnswer.Hashes hashes;
    private final BlockSource source;
    private final LocalCache cache;
    private final LongSupplier nanoTime;
    private final Deque<Asked> window = new ArrayDeque<>();
    private final BlockVerifier verifier = new BlockVerifier(Digests::newDigest);

    private long lookedAtBytes;
    private long matchedBytes;
    private long knownBytes;
    private int wrongOfSegment;

    /** A block on its way. */
    private record Asked(SegmentDescription segment, int blockIndex, CompletableFuture<FetchedBlock> answer) {}

    /**
     * Does nothing yet.
     *
     * @param source who has the file
     */
    public Publication(OriginAnswer.Hashes hashes, BlockSource source, LocalCache cache, LongSupplier nanoTime) {
        this.hashes = hashes;
        this.source = source;
        this.cache = cache;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes the file.
     *
     * @param segments hears of the segments of which every block matched
     * @throws FailureException when the source is gone
     */
    public PublishReport run(DownloadListener listener, SegmentListener segments) {
        long start = nanoTime.getAsLong();
        long fileBytes = 0;
        for (SegmentDescription segment : hashes.information().segments()) {
            fileBytes += segment.segmentBytes();
        }
        try {
            for (SegmentDescription segment : hashes.information().segments()) {
                for (int index = 0; index < segment.blockCount(); index++) {
                    if (window.size() == WINDOW) {
                        take(window.removeFirst(), segments);
                        listener.progress(
                                new DownloadProgress(fileBytes, lookedAtBytes, Map.of(), nanoTime.getAsLong() - start));
                    }
                    window.addLast(new Asked(segment, index, source.fetch(segment, index)));
                }
            }
            while (!window.isEmpty()) {
                take(window.removeFirst(), segments);
            }
        } finally {
            window.forEach(each -> each.answer().cancel(true));
            verifier.close();
        }
        return new PublishReport(
                hashes.url(),
                hashes.information().version(),
                fileBytes,
                matchedBytes,
                knownBytes,
                hashes.encodedBytes(),
                OfferSummary.NONE);
    }

    private void take(Asked asked, SegmentListener segments) {
        SegmentDescription segment = asked.segment();
        int bytes = segment.blockLength(asked.blockIndex());
        lookedAtBytes += bytes;
        if (await(asked) instanceof FetchedBlock.Encrypted block && keep(asked, block)) {
            matchedBytes += bytes;
        } else {
            wrongOfSegment++;
        }
        if (asked.blockIndex() == segment.blockCount() - 1) {
            if (wrongOfSegment == 0) {
                segments.completed(segment, segment.blockCount());
            }
            wrongOfSegment = 0;
        }
    }

    private boolean keep(Asked asked, FetchedBlock.Encrypted block) {
        SegmentDescription segment = asked.segment();
        int index = asked.blockIndex();
        ByteBuffer plain = verifier.room(segment.blockLength(index));
        if (verifier.decrypt(segment, index, block.algorithm(), block.initializationVector(), block.ciphertext(), plain)
                != BlockVerifier.Verdict.GENUINE) {
            return false;
        }
        if (cache.held(segment).contains(index)) {
            knownBytes += segment.blockLength(index);
        } else {
            cache.keep(segment, index, plain.flip());
        }
        return true;
    }

    private FetchedBlock await(Asked asked) {
        CompletableFuture<FetchedBlock> answer = asked.answer();
        for (int tries = 1; ; tries++) {
            try {
                return answer.get();
            } catch (ExecutionException e) {
                if (tries == MAX_TRIES) {
                    throw new FailureException(
                            ExitCode.WORK_FAILED,
                            "the file is not served any more, so its publication ended after " + lookedAtBytes
                                    + " bytes; what matched so far is kept",
                            e);
                }
                answer = source.fetch(asked.segment(), asked.blockIndex());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailureException(ExitCode.WORK_FAILED, "the publication was interrupted", e);
            }
        }
    }
}
