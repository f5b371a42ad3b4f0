// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/** This machine's own cache, as downloads use it. It may fail at any time; downloads go on without it. Thread-safe. */
public interface LocalCache {
    /** What it holds of a segment. May read the disk. */
    BlockRanges held(SegmentDescription segment);

    /** Reads a block. May read the disk. */
    FetchedBlock read(SegmentDescription segment, int blockIndex);

    /** Reads a block for {@code take} and returns what that makes of it; what it gets is valid only until it returns. */
    default <T> T read(SegmentDescription segment, int blockIndex, Function<FetchedBlock, T> take) {
        return take.apply(read(segment, blockIndex));
    }

    /**
     * A verified block as it was received.
     *
     * @param block valid until it has been kept
     */
    record ReceivedBlock(SegmentDescription segment, int blockIndex, FetchedBlock.Encrypted block) {}

    /** Keeps blocks as they were received, as many as it can. */
    void keep(List<ReceivedBlock> blocks);

    /** Encrypts and keeps a verified block, if it can: what remains in {@code plain}, whose position may move. */
    void keep(SegmentDescription segment, int blockIndex, ByteBuffer plain);

    /** Drops a block that turned out to be damaged. */
    void drop(SegmentDescription segment, int blockIndex);

    /** A cache that never holds anything. */
    LocalCache NONE = new LocalCache() {
        @Override
        public BlockRanges held(SegmentDescription segment) {
            return BlockRanges.NONE;
        }

        @Override
        public FetchedBlock read(SegmentDescription segment, int blockIndex) {
            return FetchedBlock.ABSENT;
        }

        @Override
        public void keep(List<ReceivedBlock> blocks) {}

        @Override
        public void keep(SegmentDescription segment, int blockIndex, ByteBuffer plain) {}

        @Override
        public void drop(SegmentDescription segment, int blockIndex) {}
    };
}
