// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a process lives, has started, and can take work. Checks run on an event loop at every question: they look at
 * state that is at hand and never block. Thread-safe.
 */
public final class HealthChecks {
    private static final Logger LOGGER = LoggerFactory.getLogger(HealthChecks.class);

    private final Map<String, Supplier<HealthStatus>> live = new ConcurrentSkipListMap<>();
    private final Map<String, Supplier<HealthStatus>> ready = new ConcurrentSkipListMap<>();
    private volatile Stage stage = Stage.STARTING;

    private enum Stage {
        STARTING,
        STARTED,
        STOPPING
    }

    /** What health reports say. */
    record Report(boolean up, String json) {}

    /** A check that, while down, means that only a restart helps. */
    public void addLive(String name, Supplier<HealthStatus> check) {
        live.put(name, check);
    }

    /** A check that, while down, means that the process should not be sent work. */
    public void addReady(String name, Supplier<HealthStatus> check) {
        ready.put(name, check);
    }

    /**
     * The process has started. Closing what is returned makes it not ready again: add it to the components last, so that
     * it is closed first and nobody is sent here while the others close.
     */
    public AutoCloseable started() {
        stage = Stage.STARTED;
        return () -> stage = Stage.STOPPING;
    }

    Report reportLive() {
        return report(live, HealthStatus.up("answering"));
    }

    Report reportReady() {
        return report(ready, stageStatus(stage == Stage.STARTED));
    }

    Report reportStarted() {
        return report(Map.of(), stageStatus(stage != Stage.STARTING));
    }

    private HealthStatus stageStatus(boolean up) {
        Stage now = stage;
        return new HealthStatus(
                up,
                switch (now) {
                    case STARTING -> "starting";
                    case STARTED -> "started";
                    case STOPPING -> "stopping";
                });
    }

    private static Report report(Map<String, Supplier<HealthStatus>> checks, HealthStatus process) {
        JsonArray list = new JsonArray().add(json("process", process));
        boolean up = process.up();
        for (Map.Entry<String, Supplier<HealthStatus>> check : checks.entrySet()) {
            HealthStatus status = run(check.getKey(), check.getValue());
            list.add(json(check.getKey(), status));
            up &= status.up();
        }
        return new Report(
                up,
                new JsonObject()
                        .put("status", up ? "up" : "down")
                        .put("checks", list)
                        .toString());
    }

    private static HealthStatus run(String name, Supplier<HealthStatus> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            LOGGER.warn("health check {}: failed", name, e);
            return HealthStatus.down("the check itself failed, see the log");
        }
    }

    private static JsonObject json(String name, HealthStatus status) {
        return new JsonObject()
                .put("name", name)
                .put("status", status.up() ? "up" : "down")
                .put("detail", status.detail());
    }
}
