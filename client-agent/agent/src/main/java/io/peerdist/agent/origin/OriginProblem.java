// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Says in a few words why a request failed; the exceptions of the HTTP client often say nothing. */
public final class OriginProblem {
    private OriginProblem() {}

    /** Why a request failed under these limits, as the end of a sentence. */
    public static String describe(IOException failure, Duration connectTimeout, Duration responseTimeout) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its host name cannot be resolved";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "no connection within " + connectTimeout.toSeconds() + " s";
            }
            if (cause instanceof HttpTimeoutException) {
                return "no answer within " + responseTimeout.toSeconds() + " s";
            }
            if (cause instanceof SSLException) {
                return "TLS failed: " + cause.getMessage();
            }
        }
        if (failure instanceof ConnectException) {
            return "the connection was refused";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? "the connection broke" : message;
    }
}
