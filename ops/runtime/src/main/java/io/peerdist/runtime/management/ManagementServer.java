// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.net.InetSocketAddress;

/**
 * Serves {@code /metrics}, {@code /health/live}, {@code /health/ready}, {@code /health/started}, {@code /api/v1/...} and the
 * status page {@code /}. It knows no passwords: bind it to a loopback address, or to a network that may see and steer the
 * daemon. Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {
    private static final int WORKER_THREADS = 2;
    private static final int WORKER_QUEUE_TASKS = 64;
    private static final int CONNECTIONS_MAX = 256;

    private final Workers workers;
    private final HttpListener listener;

    private ManagementServer(Workers workers, HttpListener listener) {
        this.workers = workers;
        this.listener = listener;
    }

    /**
     * Starts to serve; the daemon may add routes, checks and sections before and after.
     *
     * @throws FailureException when {@code bind} cannot be listened on
     */
    public static ManagementServer start(
            InetSocketAddress bind,
            EventLoops loops,
            Clock clock,
            PrometheusMeterRegistry registry,
            ManagementContent content) {
        Workers workers = Workers.start("management", WORKER_THREADS, WORKER_QUEUE_TASKS, registry);
        try {
            HttpListener listener = HttpListener.bind(
                    "management",
                    HttpListenerSettings.of(bind).withMaxConnections(CONNECTIONS_MAX),
                    loops,
                    clock,
                    registry,
                    pipeline -> pipeline.addLast(new ManagementHandler(content, registry, workers)));
            return new ManagementServer(workers, listener);
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress localAddress() {
        return listener.localAddress();
    }

    @Override
    public void close() {
        listener.close();
        workers.close();
    }
}
