// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.StoredBlock;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what is stored of a segment to a description of it and removes the blocks that are not as described: what was
 * pulled when nothing, or no more than a part of the description, was known. Reads, decrypts and hashes up to 32 MiB: not
 * for event loops. Thread-safe.
 */
final class StoredSegmentCheck {
    private static final Logger log = LoggerFactory.getLogger(StoredSegmentCheck.class);

    private final BlockStore store;
    private final BlockVerification verification;
    private final PullMetrics metrics;

    StoredSegmentCheck(BlockStore store, BlockVerification verification, PullMetrics metrics) {
        this.store = store;
        this.verification = verification;
        this.metrics = metrics;
    }

    /** Whether something is stored of the segment under other lengths than {@code description} has. */
    boolean isStoredOtherwise(SegmentDescription description) {
        SegmentSummary stored = store.find(description.id());
        return stored != null
                && (stored.attributes().segmentBytes() != description.segmentBytes()
                        || stored.attributes().blockCount() != description.blockCount());
    }

    /** Removes the stored blocks that do not have their hash in {@code description}; answers how many there were. */
    int removeWrongBlocks(SegmentDescription description) {
        HeldSegment held = store.load(description.id());
        int removed = 0;
        for (int index : held.blocks().indexes().toArray()) {
            if (index < description.listedBlockCount() && !isRight(held, index, description)) {
                store.removeBlock(description.id(), index);
                removed++;
            }
        }
        if (removed > 0) {
            log.warn(
                    "Segment {}: {} stored blocks do not have their hash; they are removed and pulled anew",
                    description.id(),
                    removed);
            metrics.disproved(removed);
        }
        return removed;
    }

    /** Removes all that is stored of {@code id}. */
    void removeAll(SegmentId id) {
        SegmentSummary stored = store.find(id);
        if (stored != null && store.evict(id)) {
            log.warn("Segment {} was stored with other lengths than it has; it is removed and pulled anew", id);
            metrics.disproved(stored.blocks().blockCount());
        }
    }

    private boolean isRight(HeldSegment held, int index, SegmentDescription description) {
        try (StoredBlock block = held.open(index)) {
            if (block == null) {
                return true; // gone meanwhile, or damaged and dropped
            }
            byte[] vector = block.initializationVector();
            return verification.isBlock(description, index, block.cryptoAlgorithm(), vector, read(block));
        } catch (IOException e) {
            log.warn("Block {} of segment {} cannot be read", index, description.id(), e);
            return false;
        }
    }

    private static ByteBuffer read(StoredBlock block) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(block.ciphertextBytes());
        while (octets.hasRemaining()) {
            if (block.channel().read(octets, block.position() + octets.position()) < 0) {
                throw new EOFException("the file ends inside the block");
            }
        }
        return octets.flip();
    }
}
