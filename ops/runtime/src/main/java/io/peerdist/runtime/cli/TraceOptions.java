// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.LoggingSetup;
import picocli.CommandLine.Option;

/** {@code --trace} of the daemons; {@link CommandLines} applies it after {@link LoggingOptions}. */
public final class TraceOptions {
    @Option(
            names = "--trace",
            description = "Also log every protocol message, decoded, on a line each; never a secret, never content.")
    private boolean trace;

    /** Lets the messages into the log if the user wants them. */
    void apply() {
        if (trace) {
            LoggingSetup.traceMessages();
        }
    }
}
