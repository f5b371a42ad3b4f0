// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import org.jspecify.annotations.Nullable;

/** A poll that did not end well. The message says to the administrator what happened and holds no secret. */
final class PollException extends Exception {
    private static final long serialVersionUID = 1L;

    private final PollResult result;

    PollException(PollResult result, String message) {
        this(result, message, null);
    }

    PollException(PollResult result, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    PollResult result() {
        return result;
    }
}
