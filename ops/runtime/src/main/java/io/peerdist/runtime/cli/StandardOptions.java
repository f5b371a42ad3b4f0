// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import picocli.CommandLine.Option;

/** {@code --help} and {@code --version}, for every command. */
public final class StandardOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    private boolean version;

    /** Whether help was asked for; picocli answers it by itself. */
    public boolean help() {
        return help;
    }

    /** Whether the version was asked for; picocli answers it by itself. */
    public boolean version() {
        return version;
    }
}
