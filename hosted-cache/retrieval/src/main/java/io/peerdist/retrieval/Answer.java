// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.StoredBlock;

/** What the server role answers to one request. */
sealed interface Answer {
    /** How the request ended if the answer goes out completely. */
    RequestResult result();

    /** Gives back what the answer holds, when it cannot be sent. */
    void discard();

    /** An answer that is small enough for memory. */
    record Message(RetrievalResponse response, RequestResult result) implements Answer {
        @Override
        public void discard() {
            // holds nothing
        }
    }

    /** A block that stands in a file. Who sends or discards the answer closes the block. */
    record Block(SegmentId segmentId, int nextBlockIndex, StoredBlock block) implements Answer {
        @Override
        public RequestResult result() {
            return RequestResult.SERVED;
        }

        @Override
        public void discard() {
            block.close();
        }
    }
}
