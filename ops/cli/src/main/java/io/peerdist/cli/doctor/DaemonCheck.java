// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks a daemon that runs on this machine how it is. */
final class DaemonCheck implements Check {
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final int HTTP_OK = 200;
    private static final int HTTP_UNAVAILABLE = 503;

    private final String daemon;
    private final HostPort management;
    private final Path directory;

    /**
     * Asks one.
     *
     * @param daemon {@code agent} or {@code hosted-cache}
     * @param directory where its store should be, by the configuration
     */
    DaemonCheck(String daemon, HostPort management, Path directory) {
        this.daemon = daemon;
        this.management = management;
        this.directory = directory.toAbsolutePath();
    }

    @Override
    public String name() {
        return daemon;
    }

    @Override
    public List<Finding> run() throws InterruptedException {
        try {
            HttpQuestion.Answer health = ask("/health/ready");
            if (health.status() != HTTP_OK && health.status() != HTTP_UNAVAILABLE) {
                return List.of(other("HTTP status " + health.status()));
            }
            List<Finding> findings = new ArrayList<>(health(JsonReader.object(health.text())));
            findings.addAll(status(JsonReader.object(ask("/api/v1/status").text())));
            return findings;
        } catch (ConnectException e) {
            return List.of(Finding.hint(
                    name(),
                    "does not run: nothing answers at " + management,
                    "Start it: systemctl start peerdist-" + daemon + ", or peerdist " + daemon
                            + " run. With another management port, name the file that sets it: --config FILE."));
        } catch (IOException e) {
            return List.of(other(String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            return List.of(other("no JSON"));
        }
    }

    private HttpQuestion.Answer ask(String path) throws IOException, InterruptedException {
        return HttpQuestion.ask(HttpRequest.newBuilder(URI.create("http://" + management + path)), MAX_ANSWER_BYTES);
    }

    private Finding other(String seen) {
        return Finding.problem(
                name(),
                "something else answers at " + management + ": " + seen,
                "See who it is: ss -ltnp 'sport = :" + management.port()
                        + "'; set another management-port for one of them.");
    }

    private List<Finding> health(Map<?, ?> health) {
        List<Finding> findings = new ArrayList<>();
        if (health.get("checks") instanceof List<?> checks) {
            for (Object each : checks) {
                if (each instanceof Map<?, ?> check && !"up".equals(check.get("status"))) {
                    findings.add(Finding.problem(
                            name(),
                            "runs, but is not ready: " + check.get("name") + ": " + check.get("detail"),
                            "Look into its log: journalctl -u peerdist-" + daemon + "."));
                } else if (each instanceof Map<?, ?> check
                        && String.valueOf(check.get("detail")).startsWith("degraded")) {
                    findings.add(Finding.hint(
                            name(),
                            "runs, in part: " + check.get("name") + ": " + check.get("detail"),
                            "Look into its log: journalctl -u peerdist-" + daemon + "."));
                }
            }
        }
        return findings;
    }

    private List<Finding> status(Map<?, ?> status) {
        List<Finding> findings = new ArrayList<>();
        // The hosted cache does not name itself; nobody else pulls.
        Object kind = status.get("pulls") == null ? status.get("daemon") : "hosted-cache";
        if (!daemon.equals(kind)) {
            return List.of(other("another daemon, " + kind));
        }
        StringBuilder seen = new StringBuilder("runs");
        if (status.get("mode") instanceof String mode) {
            seen.append(", mode ").append(mode);
        }
        Object store = status.get("pulls") == null ? status.get("localCache") : status.get("store");
        if (store instanceof Map<?, ?> cache) {
            seen.append(", holds ").append(cache.get("segments")).append(" segments");
        }
        if (status.get("discovery") instanceof Map<?, ?> discovery && discovery.get("networks") instanceof List<?> on) {
            seen.append(", looks for peers on ").append(on.size()).append(on.size() == 1 ? " network" : " networks");
        }
        findings.add(Finding.ok(name(), seen.toString()));
        if (status.get("dataDirectory") instanceof String used
                && !Path.of(used).toAbsolutePath().equals(directory)) {
            findings.add(Finding.hint(
                    name(),
                    "runs with the data directory " + used + ", the configuration says " + directory,
                    "Name the file that it was started with, --config FILE, or restart it with this one."));
        }
        if (status.get("serving") instanceof Map<?, ?> serving && Boolean.FALSE.equals(serving.get("servesPeers"))) {
            findings.add(Finding.hint(
                    name(),
                    "serves no peers now: " + serving.get("why"),
                    "That may be as wanted; ops/docs/configuration.md has it under \"Whom an agent serves\"."));
        }
        return findings;
    }
}
