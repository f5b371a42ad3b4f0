// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peerdist agent status}. */
@Command(name = "status", description = "Show where a running agent serves and what its local cache holds.")
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
        Map<?, ?> status = client.parse(answer);
        Map<?, ?> cache = status.get("localCache") instanceof Map<?, ?> map ? map : Map.of();
        new TextTable()
                .row("Data directory", status.get("dataDirectory"))
                .row("Serves blocks at", status.get("retrieval"))
                .row("Local cache", size(cache.get("usedBytes")) + " of " + size(cache.get("limitBytes")))
                .row("Segments", cache.get("segments"))
                .row("Blocks", cache.get("blocks"))
                .print(out);
        return ExitCode.OK;
    }

    private static String size(@Nullable Object bytes) {
        return bytes instanceof Long count ? ByteCounts.format(count) : "unknown";
    }
}
