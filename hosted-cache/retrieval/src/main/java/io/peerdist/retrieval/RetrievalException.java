// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import org.jspecify.annotations.Nullable;

/** An exchange with a peer that brought no usable answer. The kind says whose fault that is and what to do next. */
public final class RetrievalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** For what asks peers through this client, and for tests of it. */
    public RetrievalException(Kind kind, String message) {
        this(kind, message, null);
    }

    RetrievalException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** What can go wrong with an exchange. */
    public enum Kind {
        /** No connection to the peer. */
        CONNECT("connect"),
        /** No complete answer within the request timeout. */
        TIMEOUT("timeout"),
        /** An HTTP status other than 2xx; redirections are not followed. */
        HTTP_STATUS("http_status"),
        /** Not HTTP, or a body that is no message. */
        MALFORMED("malformed"),
        /** A well-formed message that does not answer the request. */
        MISMATCH("mismatch"),
        /** The peer speaks no version that is spoken here. */
        VERSION("version"),
        /** A header or body above the limits. */
        TOO_LARGE("too_large"),
        /** The connection ended before the answer did, or the client was closed. */
        CLOSED("closed"),
        /** Too many exchanges with this peer, or with too many peers, are waiting here already. */
        BUSY("busy");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
