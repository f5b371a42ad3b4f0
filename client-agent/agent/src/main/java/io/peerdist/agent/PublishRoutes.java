// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.publish.ContentHashes;
import io.peerdist.agent.publish.PublishReport;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.management.ApiRequest;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.ManagementContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes files of this machine into the local cache of a running agent (ops/docs/decisions/0017-publish.md). Who asks serves
 * the file at a port of loopback; nobody on another machine is listened to:
 *
 * <pre>
 * POST /api/v1/publish?url=URL&amp;port=N&amp;version=1|2     begins, and tells an identifier
 * GET  /api/v1/publish/ID                              how far it is; waits half a second for the end
 * </pre>
 */
public final class PublishRoutes implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PublishRoutes.class);

    /** Files taken at a time; each takes a processor. */
    private static final int THREADS = 2;

    private static final int MAX_WAITING = 6;
    /** More than run and wait at a time; those that ended first are forgotten. */
    private static final int MAX_REMEMBERED = 32;

    private static final int MAX_WARNINGS = 16;
    private static final int MAX_URL_CHARS = 8_192;
    private static final long WAIT_MILLIS = 500;

    private final Agent agent;
    private final OriginSettings origin;
    private final Clock clock;
    private final Workers workers;
    private final Map<String, Running> remembered = new LinkedHashMap<>();
    private long last;

    private PublishRoutes(Agent agent, OriginSettings origin, Clock clock, MeterRegistry registry) {
        this.agent = agent;
        this.origin = origin;
        this.clock = clock;
        this.workers = Workers.start("agent-publish", THREADS, MAX_WAITING, registry);
    }

    /** Adds the routes; close what is returned before the agent. */
    public static PublishRoutes register(
            Agent agent, OriginSettings origin, Clock clock, MeterRegistry registry, ManagementContent management) {
        PublishRoutes routes = new PublishRoutes(agent, origin, clock, registry);
        management.routes().post("publish", routes::begin).get("publish", routes::tell);
        return routes;
    }

    /** A publication, from being asked for until it is forgotten. */
    private static final class Running implements DownloadListener {
        private final CompletableFuture<PublishReport> end = new CompletableFuture<>();
        private final List<String> warnings = new CopyOnWriteArrayList<>();
        private volatile @Nullable DownloadProgress progress;

        @Override
        public void progress(DownloadProgress now) {
            progress = now;
        }

        @Override
        public void warning(String sentence) {
            if (warnings.size() < MAX_WARNINGS) {
                warnings.add(sentence);
            }
        }
    }

    ApiResponse begin(ApiRequest request) {
        if (!request.local()) {
            return ApiResponse.error(403, "refused: files are published from this machine alone");
        }
        URI url = url(request.queryValue("url").orElse(""));
        if (url == null) {
            return ApiResponse.error(400, "url: expected http://... or https://...");
        }
        String port = request.queryValue("port").orElse("");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 0xFFFF) {
            return ApiResponse.error(400, "port: \"" + port + "\" (expected: 1 to 65535)");
        }
        Optional<ContentVersion> version = version(request.queryValue("version").orElse(""));
        if (version.isEmpty()) {
            return ApiResponse.error(400, "version: expected 1 or 2, or none");
        }
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
        Running running = new Running();
        try {
            workers.execute(() -> publish(running, url, version.get(), peer));
        } catch (RejectedExecutionException e) {
            return ApiResponse.error(503, "too many files are being published at once; try again later");
        }
        return ApiResponse.ok(new JsonObject().put("id", remember(running)));
    }

    private void publish(Running running, URI url, ContentVersion version, InetSocketAddress peer) {
        try {
            running.end.complete(
                    agent.publish(ContentHashes.ask(url, version, origin, clock::nanoTime), peer, running));
        } catch (RuntimeException | Error e) {
            if (!(e instanceof FailureException)) {
                LOGGER.error("publication of {}: failed", url, e);
            }
            running.end.completeExceptionally(e);
        }
    }

    private synchronized String remember(Running running) {
        String id = Long.toString(++last);
        remembered.put(id, running);
        if (remembered.size() > MAX_REMEMBERED) {
            remembered.entrySet().stream()
                    .filter(entry -> entry.getValue().end.isDone())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .ifPresent(remembered::remove);
        }
        return id;
    }

    private synchronized @Nullable Running remembered(String id) {
        return remembered.get(id);
    }

    ApiResponse tell(ApiRequest request) throws InterruptedException {
        if (!request.local()) {
            return ApiResponse.error(403, "refused: files are published from this machine alone");
        }
        Running running = remembered(request.remainder());
        if (running == null) {
            return ApiResponse.error(404, "no publication " + request.remainder());
        }
        JsonObject json = new JsonObject();
        try {
            PublishReport report = running.end.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            json.put("state", "complete").put("report", report.json());
        } catch (TimeoutException e) {
            DownloadProgress progress = running.progress;
            json.put("state", "running")
                    .put("bytes", progress == null ? -1 : progress.fileBytes())
                    .put("doneBytes", progress == null ? 0 : progress.doneBytes());
        } catch (ExecutionException e) {
            FailureException known = e.getCause() instanceof FailureException failure ? failure : null;
            json.put("state", "failed")
                    .put("error", known == null ? "unexpected failure, see the log" : known.sentence())
                    .put("exitCode", known == null ? 70 : known.exitCode().code());
        }
        JsonArray warnings = new JsonArray();
        running.warnings.forEach(warnings::add);
        return ApiResponse.ok(json.put("warnings", warnings));
    }

    private static @Nullable URI url(String text) {
        try {
            URI url = new URI(text);
            boolean fit = text.length() <= MAX_URL_CHARS
                    && url.getHost() != null
                    && String.valueOf(url.getScheme()).matches("(?i)https?");
            return fit ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static Optional<ContentVersion> version(String text) {
        return switch (text) {
            case "" -> Optional.of(ContentVersion.ANY);
            case "1" -> Optional.of(ContentVersion.V1);
            case "2" -> Optional.of(ContentVersion.V2);
            default -> Optional.empty();
        };
    }

    @Override
    public void close() {
        workers.close();
    }
}
