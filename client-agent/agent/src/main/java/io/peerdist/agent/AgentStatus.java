// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.StatusTable;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What an agent that runs as a daemon shows on its management port. */
public final class AgentStatus {
    private AgentStatus() {}

    /** Adds a section to the status page and the routes {@code status} and {@code flush}. */
    public static void describe(
            Agent agent, InetSocketAddress retrieval, AgentSettings settings, ManagementContent management) {
        management.page().addSection("Agent", () -> StatusTable.of(rows(agent, retrieval, settings)));
        management
                .routes()
                .get("status", request -> ApiResponse.ok(json(agent, retrieval, settings)))
                .post("flush", request -> ApiResponse.ok(new JsonObject().put("blocks", agent.flush())));
    }

    private static Map<String, String> rows(Agent agent, InetSocketAddress retrieval, AgentSettings settings) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Data directory", settings.dataDirectory().toString());
        rows.put("Serves blocks at", HostPort.format(retrieval));
        rows.put(
                "Hosted caches",
                settings.hostedCaches().stream().map(HostPort::toString).collect(Collectors.joining(", ")));
        agent.serving().ifPresent(serving -> rows.putAll(serving.rows()));
        agent.statistics().ifPresent(statistics -> {
            rows.put(
                    "Local cache",
                    ByteCounts.format(statistics.usedBytes()) + " of " + ByteCounts.format(statistics.limitBytes()));
            rows.put("Segments", Long.toString(statistics.segments()));
            rows.put("Blocks", Long.toString(statistics.blocks()));
        });
        return rows;
    }

    private static JsonObject json(Agent agent, InetSocketAddress retrieval, AgentSettings settings) {
        JsonObject json = new JsonObject()
                .put("daemon", "agent")
                .put("dataDirectory", settings.dataDirectory().toString())
                .put("retrieval", HostPort.format(retrieval));
        agent.serving().ifPresent(serving -> json.put("serving", serving.json()));
        agent.statistics().ifPresent(statistics -> json.put("localCache", store(statistics)));
        return json;
    }

    private static JsonObject store(StoreStatistics statistics) {
        return new JsonObject()
                .put("limitBytes", statistics.limitBytes())
                .put("usedBytes", statistics.usedBytes())
                .put("segments", statistics.segments())
                .put("blocks", statistics.blocks());
    }
}
