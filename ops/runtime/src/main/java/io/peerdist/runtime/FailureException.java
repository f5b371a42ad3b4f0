// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the user can understand and act upon: one sentence that says what happened, to what, and what to do. The
 * command prints {@code peerdist: <sentence>} on standard error and exits with {@link #exitCode()}.
 */
public final class FailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public FailureException(ExitCode exitCode, String sentence) {
        this(exitCode, sentence, null);
    }

    /** With what another library said.
     *
     * @param cause for the debug log only; what the user needs of it stands in the sentence */
    public FailureException(ExitCode exitCode, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** What happened, to what, and what to do. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
