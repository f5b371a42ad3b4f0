// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.SegmentPages;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist hosted-cache ls}. */
@Command(
        name = "ls",
        description = "List the segments that a running hosted cache holds, in the order of their identifiers.")
final class ListCommand extends HostedCacheQuestion {
    @Option(
            names = "--json",
            description = "Print JSON: one page for each line, with the cursor of the next page in \"next\".")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        if (json) {
            SegmentPages.printJson(client, Long.MAX_VALUE, out);
        } else {
            TextTable headings = new TextTable().row("SEGMENT", "BYTES", "BLOCKS", "PINNED", "TAG", "SINCE");
            SegmentPages.printTable(client, Long.MAX_VALUE, out, headings, ListCommand::addRow);
        }
        return ExitCode.OK;
    }

    private static void addRow(TextTable table, Map<?, ?> segment) {
        table.row(
                segment.get("id"),
                segment.get("segmentBytes"),
                segment.get("blocksHeld") + "/" + segment.get("blockCount"),
                Boolean.TRUE.equals(segment.get("pinned")) ? "yes" : "no",
                segment.get("contentTag"),
                segment.get("created"));
    }
}
