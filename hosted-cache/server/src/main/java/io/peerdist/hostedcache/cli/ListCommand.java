// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peerdist hosted-cache ls}. */
@Command(
        name = "ls",
        description = "List the segments that a running hosted cache holds, in the order of their identifiers.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings({"UnusedVariable", "NullAway.Init"}) // picocli reads the mixins and sets the specification
final class ListCommand implements Callable<Integer> {
    private static final int PAGE_SEGMENTS = 500;

    @Option(
            names = "--json",
            description = "Print JSON: one page for each line, with the cursor of the next page in \"next\".")
    private boolean json;

    @Mixin
    private ManagementClient client = new ManagementClient();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
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
        out.flush();
        return ExitCode.OK.code();
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
