// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist agent status}. */
@Command(
        name = "status",
        description = "Show how a running agent finds, fetches and serves blocks, and what its local cache holds.")
final class AgentStatusCommand extends AgentQuestion {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        String answer = client.get("status");
        if (json) {
            out.println(answer);
            return ExitCode.OK;
        }
        print(client.parse(answer), out);
        return ExitCode.OK;
    }

    private static void print(Map<?, ?> status, PrintWriter out) {
        Map<?, ?> cache = member(status, "localCache");
        Map<?, ?> serving = member(status, "serving");
        TextTable table = new TextTable()
                .row("Mode", status.get("mode"))
                .row("Data directory", status.get("dataDirectory"))
                .row("Serves blocks at", status.get("retrieval"))
                .row(
                        "Serves peers",
                        Boolean.TRUE.equals(serving.get("servesPeers")) ? "yes" : "no: " + serving.get("why"))
                .row("Sends", rate(serving.get("sendBytesPerSecond")))
                .row("Receives", rate(serving.get("receiveBytesPerSecond")))
                .row("Hosted caches", joined(status.get("hostedCaches"), String::valueOf, "none"));
        addDiscovery(table, member(status, "discovery"));
        table.row("Local cache", size(cache.get("usedBytes")) + " of " + size(cache.get("limitBytes")))
                .row("Segments", cache.get("segments"))
                .row("Blocks", cache.get("blocks"));
        Map<?, ?> bytes = member(status, "bytesBySource");
        for (DownloadSource source : DownloadSource.values()) {
            table.row("Downloaded from " + source.label(), size(bytes.get(source.jsonName())));
        }
        table.print(out);
    }

    private static void addDiscovery(TextTable table, Map<?, ?> discovery) {
        table.row("Looks for peers on", joined(discovery.get("networks"), AgentStatusCommand::network, "no network"));
        if (discovery.get("waitMillis") instanceof Long millis) {
            table.row("Waits for peers", millis + " ms");
        }
    }

    private static String network(@Nullable Object network) {
        return network instanceof Map<?, ?> map
                ? map.get("interface") + " (" + map.get("address") + ")"
                : String.valueOf(network);
    }

    private static String joined(@Nullable Object list, Function<@Nullable Object, String> text, String none) {
        return list instanceof List<?> all && !all.isEmpty()
                ? all.stream().map(text).collect(Collectors.joining(", "))
                : none;
    }

    /** The member of that name; empty when there is none. */
    private static Map<?, ?> member(Map<?, ?> json, String name) {
        return json.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String rate(@Nullable Object bytesPerSecond) {
        return bytesPerSecond instanceof Long limit && limit == 0
                ? "without limit"
                : size(bytesPerSecond) + "/s at most";
    }

    private static String size(@Nullable Object bytes) {
        return bytes instanceof Long count ? ByteCounts.format(count) : "unknown";
    }
}
