// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

/** Names the statuses that downloads end with most often. */
public final class HttpStatus {
    private HttpStatus() {}

    /** For example {@code 404 (not found)}. */
    public static String describe(int status) {
        String meaning = switch (status) {
            case 401 -> "it wants a user name and a password";
            case 403 -> "access denied";
            case 404 -> "not found";
            case 410 -> "gone for good";
            case 429 -> "too many requests";
            case 500 -> "it failed";
            case 502, 504 -> "the server behind it failed";
            case 503 -> "it is overloaded or down";
            default -> "";
        };
        return meaning.isEmpty() ? Integer.toString(status) : status + " (" + meaning + ")";
    }
}
