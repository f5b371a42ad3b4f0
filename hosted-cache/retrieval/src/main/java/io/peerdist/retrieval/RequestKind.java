// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The kinds of request, as metrics tell them apart. */
enum RequestKind {
    /** {@code MSG_NEGO_REQ}. */
    NEGOTIATION("negotiation"),
    /** {@code MSG_GETBLKLIST}. */
    GET_BLOCK_LIST("get_block_list"),
    /** {@code MSG_GETBLKS}. */
    GET_BLOCKS("get_blocks"),
    /** {@code MSG_GETSEGLIST}. */
    GET_SEGMENT_LIST("get_segment_list"),
    /** A block in its static form; no message of the protocol, so the client role never sends it. */
    STATIC_BLOCK("static_block");

    /** The messages of the protocol. */
    static final Set<RequestKind> MESSAGES =
            Collections.unmodifiableSet(EnumSet.of(NEGOTIATION, GET_BLOCK_LIST, GET_BLOCKS, GET_SEGMENT_LIST));

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
