// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist hosted-cache ls}. */
@Command(
        name = "ls",
        description = "List the segments that a running hosted cache holds, in the order of their identifiers.")
final class ListCommand extends HostedCacheQuestion {
    private static final int PAGE_SEGMENTS = 500;

    @Option(
            names = "--json",
            description = "Print JSON: one page for each line, with the cursor of the next page in \"next\".")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        TextTable table = new TextTable().row("SEGMENT", "BYTES", "BLOCKS", "PINNED", "TAG", "SINCE");
        Object cursor = "";
        while (cursor != null) {
            String answer = client.get("segments?limit=" + PAGE_SEGMENTS + "&cursor=" + cursor);
            Map<?, ?> page = client.parse(answer);
            if (json) {
                out.println(answer);
            } else {
                // Page by page: the list may be longer than the memory is large.
                print(page, table, out);
                table = new TextTable();
            }
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
                    map.get("segmentBytes"),
                    map.get("blocksHeld") + "/" + map.get("blockCount"),
                    Boolean.TRUE.equals(map.get("pinned")) ? "yes" : "no",
                    map.get("contentTag"),
                    map.get("created"));
        }
    }
}
