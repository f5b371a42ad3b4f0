// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blocks that lie in the partial file already: of an interrupted run, or of a plain body that was cut short. */
final class PartFileSource implements BlockSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartFileSource.class);
    private static final int MAX_IN_FLIGHT = 8;

    private final PartFile file;
    private final long fileBytes;
    private final Executor workers;

    /** @param fileBytes how far the partial file reaches now */
    PartFileSource(PartFile file, long fileBytes, Executor workers) {
        this.file = file;
        this.fileBytes = fileBytes;
        this.workers = workers;
    }

    @Override
    public DownloadSource kind() {
        return DownloadSource.PARTIAL_FILE;
    }

    @Override
    public int maxInFlight() {
        return MAX_IN_FLIGHT;
    }

    @Override
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        List<BlockRanges> held = new ArrayList<>(segments.size());
        for (SegmentDescription segment : segments) {
            long bytes = Math.max(0, Math.min(segment.segmentBytes(), fileBytes - segment.offsetInContent()));
            int blocks = bytes == segment.segmentBytes() ? segment.blockCount() : (int) (bytes / segment.blockBytes());
            held.add(BlockRanges.first(blocks));
        }
        return CompletableFuture.completedFuture(new Holdings(held, false));
    }

    @Override
    public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
        return CompletableFuture.supplyAsync(() -> read(segment, blockIndex), workers);
    }

    private FetchedBlock read(SegmentDescription segment, int blockIndex) {
        byte[] bytes = new byte[segment.blockLength(blockIndex)];
        long offset = segment.offsetInContent() + (long) blockIndex * segment.blockBytes();
        try {
            file.read(offset, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            LOGGER.debug("the partial file cannot be read at {}: {}", offset, e.getMessage());
            return FetchedBlock.ABSENT;
        }
        return new FetchedBlock.Plain(bytes);
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {
        // A gap, or a block of an older version of the file: the right one will be written over it.
    }
}
