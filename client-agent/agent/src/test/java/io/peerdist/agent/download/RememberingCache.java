// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A local cache that holds nothing, and remembers what it was to keep. For one thread. */
final class RememberingCache implements LocalCache {
    /** What came together is a list of its own. */
    final List<List<ReceivedBlock>> received = new ArrayList<>();

    /** Blocks that came plain. */
    int plain;

    List<FetchedBlock.Encrypted> encrypted() {
        return received.stream().flatMap(List::stream).map(ReceivedBlock::block).toList();
    }

    @Override
    public BlockRanges held(SegmentDescription segment) {
        return BlockRanges.NONE;
    }

    @Override
    public FetchedBlock read(SegmentDescription segment, int blockIndex) {
        return FetchedBlock.ABSENT;
    }

    @Override
    public void keep(List<ReceivedBlock> blocks) {
        received.add(List.copyOf(blocks));
    }

    @Override
    public void keep(SegmentDescription segment, int blockIndex, ByteBuffer block) {
        plain++;
    }

    @Override
    public void drop(SegmentDescription segment, int blockIndex) {}
}
