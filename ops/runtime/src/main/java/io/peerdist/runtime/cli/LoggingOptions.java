// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.LogFormat;
import io.peerdist.runtime.LoggingSetup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --log-level} and {@code --log-format}; {@link CommandLines} gives them to every command and
 * applies them before it runs. */
public final class LoggingOptions {
    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            converter = LogLevelConverter.class,
            description = "error, warn, info, debug or trace. The log goes to standard error.")
    private @Nullable String level;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = "plain, json, or auto: plain on a terminal, json elsewhere. Default: auto.")
    private LogFormat format = LogFormat.AUTO;

    /** Sets up logging; {@code defaultLevel} counts unless the user chose one. */
    public void apply(String defaultLevel) {
        LoggingSetup.configure(level == null ? defaultLevel : level, format);
    }
}
