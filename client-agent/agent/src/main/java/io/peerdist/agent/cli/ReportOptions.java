// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The options that say what is told of downloads. */
final class ReportOptions {
    @Option(
            names = "--json",
            description = "Print a JSON object for each URL on standard output, on a line of its own, instead of the"
                    + " summary.")
    private boolean json;

    @Option(
            names = "--json-progress",
            description = "As --json, and every second a line on how far each download is. Every line has an \"event\":"
                    + " progress, complete or failed.")
    private boolean jsonProgress;

    @Option(names = "--sha256", description = "Compute the SHA-256 of each file and tell it.")
    private boolean sha256;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar and no summary; errors are told.")
    private boolean quiet;

    /** Whether standard output is taken. */
    boolean json() {
        return json || jsonProgress;
    }

    boolean sha256() {
        return sha256;
    }

    /** What tells of {@code downloads} downloads. */
    GetReporter reporter(int downloads, PrintWriter out, PrintWriter err, CommandContext context) {
        boolean bar = context.terminal() && !quiet && !jsonProgress;
        return new GetReporter(
                downloads,
                new GetReporter.Streams(out, err),
                json() ? new JsonReport(jsonProgress) : null,
                bar ? new ProgressBar(err, Terminal.columns(context.environment())) : null,
                quiet || json(),
                context.clock()::nanoTime);
    }
}
