// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;

/**
 * Puts a block in the place of the one that is stored, of which nobody can tell whether it is right; the store itself keeps
 * what it has. Pinned segments stay pinned. May block.
 */
final class ReplacingSink implements BlockSink {
    private final BlockStore store;

    ReplacingSink(BlockStore store) {
        this.store = store;
    }

    @Override
    public PutResult put(
            SegmentAttributes segment,
            int blockIndex,
            CryptoAlgorithm algorithm,
            byte[] initializationVector,
            ByteBuffer ciphertext) {
        SegmentSummary before = store.find(segment.id());
        store.removeBlock(segment.id(), blockIndex);
        PutResult put = store.put(segment, blockIndex, algorithm, initializationVector, ciphertext);
        if (put == PutResult.REJECTED_GEOMETRY) {
            // Who stored it first said another length; what is left of that is of no use.
            store.evict(segment.id());
            put = store.put(segment, blockIndex, algorithm, initializationVector, ciphertext);
        }
        if (before != null && before.pinned() && put.isHeld()) {
            store.pin(segment.id());
        }
        return put;
    }
}
