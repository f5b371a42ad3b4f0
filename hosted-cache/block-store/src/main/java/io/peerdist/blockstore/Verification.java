// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run over every block, page by page, so that the catalogue is not held up. */
final class Verification {
    private static final int SEGMENTS_PER_PAGE = 64;

    private final SegmentIndex index;
    private final BlockReader reader;
    private long segments;
    private long blocks;
    private long bytes;
    private long damagedBlocks;

    Verification(SegmentIndex index, BlockReader reader) {
        this.index = index;
        this.reader = reader;
    }

    VerificationProgress run(VerificationListener listener) {
        @Nullable SegmentId last = null;
        for (List<SegmentId> page = page(null); !page.isEmpty(); page = page(last)) {
            for (SegmentId id : page) {
                verify(id);
                if (!listener.progress(progress())) {
                    return progress();
                }
            }
            last = page.get(page.size() - 1);
        }
        return progress();
    }

    private List<SegmentId> page(@Nullable SegmentId after) {
        List<SegmentId> ids = new ArrayList<>();
        index.walk(after, (id, entry) -> {
            ids.add(id);
            return ids.size() < SEGMENTS_PER_PAGE;
        });
        return ids;
    }

    private void verify(SegmentId id) {
        segments++;
        SegmentEntry entry = index.loadInPassing(id);
        if (entry == null) {
            return;
        }
        BlockReader.CheckedBlocks checked = reader.check(entry);
        blocks += checked.blocks();
        bytes += checked.ciphertextBytes();
        damagedBlocks += checked.damagedBlocks();
    }

    private VerificationProgress progress() {
        return new VerificationProgress(segments, blocks, bytes, damagedBlocks);
    }
}
