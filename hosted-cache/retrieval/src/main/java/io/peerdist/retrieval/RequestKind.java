// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.RetrievalRequest;

/** The kinds of request, as metrics tell them apart. */
enum RequestKind {
    /** {@code MSG_NEGO_REQ}. */
    NEGOTIATION("negotiation"),
    /** {@code MSG_GETBLKLIST}. */
    GET_BLOCK_LIST("get_block_list"),
    /** {@code MSG_GETBLKS}. */
    GET_BLOCKS("get_blocks"),
    /** {@code MSG_GETSEGLIST}. */
    GET_SEGMENT_LIST("get_segment_list");

    private final String label;

    RequestKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** The kind of {@code request}; one of an unsupported version counts as negotiation, as that is its answer. */
    static RequestKind of(RetrievalRequest request) {
        if (request instanceof GetBlocks) {
            return GET_BLOCKS;
        }
        if (request instanceof GetBlockList) {
            return GET_BLOCK_LIST;
        }
        return request instanceof GetSegmentList ? GET_SEGMENT_LIST : NEGOTIATION;
    }
}
