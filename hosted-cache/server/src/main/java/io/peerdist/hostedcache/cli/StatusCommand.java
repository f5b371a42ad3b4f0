// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist hosted-cache status}. */
@Command(name = "status", description = "Show what a running hosted cache holds and does.")
final class StatusCommand extends HostedCacheQuestion {
    private static final double BYTES_PER_MIB = 1 << 20;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        String answer = client.get("status");
        if (json) {
            out.println(answer);
            return ExitCode.OK;
        }
        Map<?, ?> status = client.parse(answer);
        Map<?, ?> store = status.get("store") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> pulls = status.get("pulls") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> scrub = status.get("scrub") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> manifest = status.get("manifest") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> quarantine = status.get("quarantine") instanceof Map<?, ?> map ? map : Map.of();
        new TextTable()
                .row("Version", status.get("version"))
                .row("Serving at", status.get("http"))
                .row("Segments", store.get("segments"))
                .row("Blocks", store.get("blocks"))
                .row("Used", mebibytes(store.get("usedBytes")) + " of " + mebibytes(store.get("limitBytes")))
                .row("Pinned", mebibytes(store.get("pinnedBytes")))
                .row("Content", content(status.get("content")))
                .row("Scrubbing", scrub.get("summary"))
                .row("To pull", pulls.get("wanted") + " segments, " + pulls.get("active") + " under way")
                .row("Manifest", manifest.isEmpty() ? "none" : manifest.get("summary"))
                .row(
                        "Quarantine",
                        quarantine.get("segments") + " segments, " + quarantine.get("replaced") + " replaced")
                .print(out);
        return ExitCode.OK;
    }

    /** Segments by content tag, those of which there are some. */
    private static String content(@Nullable Object tags) {
        StringJoiner line = new StringJoiner(", ");
        if (tags instanceof List<?> list) {
            for (Object tag : list) {
                if (tag instanceof Map<?, ?> map && !Long.valueOf(0).equals(map.get("segments"))) {
                    line.add(map.get("contentTag") + " " + map.get("segments"));
                }
            }
        }
        return line.setEmptyValue("none").toString();
    }

    private static String mebibytes(@Nullable Object bytes) {
        return bytes instanceof Long count ? String.format(Locale.ROOT, "%.1f MiB", count / BYTES_PER_MIB) : "unknown";
    }
}
