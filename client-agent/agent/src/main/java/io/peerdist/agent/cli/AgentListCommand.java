// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.SegmentPages;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist agent ls}. */
@Command(
        name = "ls",
        description = "List the segments in the local cache of a running agent, in the order of their identifiers.")
final class AgentListCommand extends AgentQuestion {
    @Option(names = "--limit", paramLabel = "N", description = "List at most N segments. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--json",
            description = "Print JSON: one page for each line, with the cursor of the next page in \"next\".")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        if (limit < 1) {
            throw new FailureException(ExitCode.USAGE, "--limit: " + limit + " (expected: at least 1)");
        }
        if (json) {
            SegmentPages.printJson(client, limit, out);
        } else {
            TextTable headings = new TextTable().row("SEGMENT", "BYTES", "BLOCKS", "COMPLETE", "AGE");
            SegmentPages.printTable(client, limit, out, headings, AgentListCommand::addRow);
        }
        return ExitCode.OK;
    }

    private static void addRow(TextTable table, Map<?, ?> segment) {
        table.row(
                segment.get("id"),
                segment.get("storedBytes"),
                segment.get("blocksHeld") + "/" + segment.get("blockCount"),
                Boolean.TRUE.equals(segment.get("complete")) ? "yes" : "no",
                segment.get("ageSeconds") instanceof Long seconds ? ByteCounts.formatAge(seconds) : "unknown");
    }
}
