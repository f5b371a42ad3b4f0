// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist agent ls}. */
@Command(
        name = "ls",
        description = "List the segments in the local cache of a running agent, in the order of their identifiers.")
final class AgentListCommand extends AgentQuestion {
    private static final int PAGE_SEGMENTS = 500;

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
        TextTable table = new TextTable().row("SEGMENT", "BYTES", "BLOCKS", "COMPLETE", "AGE");
        long left = limit;
        Object cursor = "";
        while (cursor != null && left > 0) {
            String answer = client.get("segments?limit=" + Math.min(left, PAGE_SEGMENTS) + "&cursor=" + cursor);
            Map<?, ?> page = client.parse(answer);
            if (json) {
                out.println(answer);
            } else {
                // Page by page: the list may be longer than the memory is large.
                print(page, table, out);
                table = new TextTable();
            }
            left -= PAGE_SEGMENTS;
            cursor = page.get("next");
        }
        return ExitCode.OK;
    }

    private static void print(Map<?, ?> page, TextTable table, PrintWriter out) {
        if (page.get("segments") instanceof List<?> segments) {
            segments.forEach(segment -> addRow(table, segment));
        }
        table.print(out);
    }

    private static void addRow(TextTable table, @Nullable Object segment) {
        if (segment instanceof Map<?, ?> map) {
            table.row(
                    map.get("id"),
                    map.get("storedBytes"),
                    map.get("blocksHeld") + "/" + map.get("blockCount"),
                    Boolean.TRUE.equals(map.get("complete")) ? "yes" : "no",
                    map.get("ageSeconds") instanceof Long seconds ? ByteCounts.formatAge(seconds) : "unknown");
        }
    }
}
