// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** How a handshake ended. The label is the {@code result} of the metric. */
enum HandshakeResult {
    OK("ok"),
    /** Something else than TLS came in. */
    NOT_TLS("not_tls"),
    TIMEOUT("timeout"),
    /** The client left. */
    CLOSED("closed"),
    /** The client does not take the certificate. */
    REFUSED("refused"),
    /** No version of the protocol in common. */
    VERSION("version"),
    /** No cipher suite in common. */
    CIPHER("cipher"),
    FAILED("failed");

    private final String label;

    HandshakeResult(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    static HandshakeResult of(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return NOT_TLS;
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return TIMEOUT;
        }
        // A lost connection is an IOException of another kind; a closed one often has an SSLException of its own.
        if (cause instanceof IOException && !(cause instanceof SSLException)) {
            return CLOSED;
        }
        return of(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT));
    }

    /** Neither of the two providers tells it otherwise than in words. */
    private static HandshakeResult of(String message) {
        boolean alert = message.contains("alert");
        if (alert
                && (message.contains("certificate")
                        || message.contains("unknown_ca")
                        || message.contains("unknown ca"))) {
            return REFUSED;
        }
        if (message.contains("protocol")) {
            return VERSION;
        }
        return message.contains("cipher") ? CIPHER : message.contains("clos") ? CLOSED : FAILED;
    }
}
