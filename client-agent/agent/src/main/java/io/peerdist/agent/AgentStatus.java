// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.StatusTable;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What an agent that runs as a daemon shows on its management port. */
public final class AgentStatus {
    private final Agent agent;
    private final InetSocketAddress retrieval;
    private final AgentSettings settings;
    private final MeterRegistry registry;

    private AgentStatus(Agent agent, InetSocketAddress retrieval, AgentSettings settings, MeterRegistry registry) {
        this.agent = agent;
        this.retrieval = retrieval;
        this.settings = settings;
        this.registry = registry;
    }

    /**
     * Adds a section to the status page and the routes {@code status} and {@code flush}.
     *
     * @param registry where {@code agent} counts
     */
    public static void describe(
            Agent agent,
            InetSocketAddress retrieval,
            AgentSettings settings,
            MeterRegistry registry,
            ManagementContent management) {
        AgentStatus status = new AgentStatus(agent, retrieval, settings, registry);
        management.page().addSection("Agent", () -> StatusTable.of(status.rows()));
        management
                .routes()
                .get("status", request -> ApiResponse.ok(status.json()))
                .post("flush", request -> ApiResponse.ok(new JsonObject().put("blocks", agent.flush())));
    }

    private Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Mode", mode());
        rows.put("Data directory", settings.dataDirectory().toString());
        rows.put("Serves blocks at", HostPort.format(retrieval));
        agent.proxyAddress().ifPresent(address -> rows.put("HTTP proxy at", HostPort.format(address)));
        rows.put("Hosted caches", hostedCachesLine());
        agent.discovery()
                .ifPresentOrElse(
                        discovery -> {
                            rows.put("Looks for peers on", networksLine(discovery));
                            rows.put("Waits for peers", discovery.currentWait().toMillis() + " ms");
                        },
                        () -> rows.put("Looks for peers on", "no network"));
        agent.serving().ifPresent(serving -> rows.putAll(serving.rows()));
        agent.statistics().ifPresent(statistics -> {
            rows.put(
                    "Local cache",
                    ByteCounts.format(statistics.usedBytes()) + " of " + ByteCounts.format(statistics.limitBytes()));
            rows.put("Segments", Long.toString(statistics.segments()));
            rows.put("Blocks", Long.toString(statistics.blocks()));
        });
        for (DownloadSource source : DownloadSource.values()) {
            rows.put("Downloaded from " + source.label(), ByteCounts.format(downloadedBytes(source)));
        }
        return rows;
    }

    private JsonObject json() {
        JsonArray hostedCaches = new JsonArray();
        settings.hostedCaches().forEach(each -> hostedCaches.add(each.toString()));
        JsonObject bytes = new JsonObject();
        for (DownloadSource source : DownloadSource.values()) {
            bytes.put(source.jsonName(), downloadedBytes(source));
        }
        JsonObject json = new JsonObject()
                .put("daemon", "agent")
                .put("mode", mode())
                .put("dataDirectory", settings.dataDirectory().toString())
                .put("retrieval", HostPort.format(retrieval))
                .put("hostedCaches", hostedCaches);
        agent.proxyAddress().ifPresent(address -> json.put("proxy", HostPort.format(address)));
        agent.discovery().ifPresent(discovery -> json.put("discovery", discovery(discovery)));
        agent.serving().ifPresent(serving -> json.put("serving", serving.json()));
        agent.statistics().ifPresent(statistics -> json.put("localCache", store(statistics)));
        return json.put("bytesBySource", bytes);
    }

    private String mode() {
        return settings.mode().name().toLowerCase(Locale.ROOT);
    }

    private String hostedCachesLine() {
        String line = settings.hostedCaches().stream().map(HostPort::toString).collect(Collectors.joining(", "));
        return line.isEmpty() ? "none" : line;
    }

    private static String networksLine(Discovery discovery) {
        String line = discovery.networks().stream().map(LocalNetwork::label).collect(Collectors.joining(", "));
        return line.isEmpty() ? "no network" : line;
    }

    private static JsonObject discovery(Discovery discovery) {
        JsonArray networks = new JsonArray();
        for (LocalNetwork network : discovery.networks()) {
            networks.add(new JsonObject()
                    .put("interface", network.interfaceName())
                    .put("address", network.address().getHostAddress())
                    .put("prefixLength", network.prefixLength()));
        }
        return new JsonObject()
                .put("networks", networks)
                .put("waitMillis", discovery.currentWait().toMillis());
    }

    /** Since the start. */
    private long downloadedBytes(DownloadSource source) {
        Counter counter = registry.find("peerdist_download_bytes")
                .tag("source", source.metricValue())
                .counter();
        return counter == null ? 0 : (long) counter.count();
    }

    private static JsonObject store(StoreStatistics statistics) {
        return new JsonObject()
                .put("limitBytes", statistics.limitBytes())
                .put("usedBytes", statistics.usedBytes())
                .put("segments", statistics.segments())
                .put("blocks", statistics.blocks());
    }
}
