// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import javax.net.ssl.SSLException;

/** Says in a few words why a request failed; the exceptions of the HTTP client often say nothing. */
final class OriginProblem {
    private OriginProblem() {}

    static String describe(IOException failure, OriginSettings settings) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its host name cannot be resolved";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "no connection within " + settings.connectTimeout().toSeconds() + " s";
            }
            if (cause instanceof HttpTimeoutException) {
                return "no answer within " + settings.responseTimeout().toSeconds() + " s";
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

    /** Why a file could not be written. */
    static String describeFile(IOException failure) {
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason();
            return reason != null ? reason : describeClass(failure);
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? describeClass(failure) : message;
    }

    private static String describeClass(IOException failure) {
        return switch (failure.getClass().getSimpleName()) {
            case "AccessDeniedException" -> "permission denied";
            case "NoSuchFileException" -> "no such directory";
            case "DirectoryNotEmptyException", "FileAlreadyExistsException" -> "something else has that name";
            default -> failure.getClass().getSimpleName();
        };
    }
}
