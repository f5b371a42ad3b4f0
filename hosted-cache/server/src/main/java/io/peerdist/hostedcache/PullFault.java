// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.retrieval.RetrievalException;
import org.jspecify.annotations.Nullable;

/** What was wrong with a peer that was asked for blocks, or with what it sent. */
enum PullFault {
    /** No connection to the peer. */
    CONNECT("connect", PullResult.CONNECT),
    /** No complete answer in time. */
    TIMEOUT("timeout", PullResult.TIMEOUT),
    /** An HTTP status other than success. */
    HTTP_STATUS("http_status", PullResult.FAILED),
    /** Not HTTP, or no message of the protocol: also an initialization vector that is absent or of another length. */
    MALFORMED("malformed", PullResult.FAILED),
    /** A negotiation response: the peer speaks no version that is spoken here. */
    VERSION("version", PullResult.FAILED),
    /** A header or body above the limits. */
    TOO_LARGE("too_large", PullResult.FAILED),
    /** The connection ended before the answer did. */
    CLOSED("closed", PullResult.FAILED),
    /** An answer to something else: another segment, block or type of message. */
    MISMATCH("mismatch", PullResult.WRONG),
    /** A block whose length cannot be. */
    LENGTH("length", PullResult.WRONG),
    /** A block that does not have its hash once decrypted. */
    HASH("hash", PullResult.WRONG);

    private final String label;
    private final PullResult result;

    PullFault(String label, PullResult result) {
        this.label = label;
        this.result = result;
    }

    String label() {
        return label;
    }

    /** How the pull ends. */
    PullResult result() {
        return result;
    }

    /** Null when the peer is not to blame. */
    static @Nullable PullFault of(RetrievalException e) {
        return switch (e.kind()) {
            case CONNECT -> CONNECT;
            case TIMEOUT -> TIMEOUT;
            case HTTP_STATUS -> HTTP_STATUS;
            case MALFORMED -> MALFORMED;
            case MISMATCH -> MISMATCH;
            case VERSION -> VERSION;
            case TOO_LARGE -> TOO_LARGE;
            case CLOSED -> CLOSED;
            case BUSY -> null;
        };
    }
}
