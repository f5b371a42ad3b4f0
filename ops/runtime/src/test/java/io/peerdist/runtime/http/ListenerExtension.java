// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Listeners with a {@link TestHandler}, and clients, for one test. */
final class ListenerExtension implements AfterEachCallback {
    static final String LOOPBACK = "127.0.0.1";
    static final String LOOPBACK_6 = "::1";

    private final EventLoops loops = EventLoops.start("test-loop", 2);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<Runnable> late = TestHandler.newLateQueue();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** No time ends during a test, unless it shortens it. */
    static HttpListenerSettings settings(String address) {
        return HttpListenerSettings.of(new InetSocketAddress(address, 0))
                .withRequestTimeout(Duration.ofMinutes(5))
                .withIdleTimeout(Duration.ofMinutes(5))
                .withWriteStallTimeout(Duration.ofMinutes(5));
    }

    HttpListener listen() {
        return listen(settings -> settings);
    }

    HttpListener listen(UnaryOperator<HttpListenerSettings> change) {
        return listen(change.apply(settings(LOOPBACK)), null);
    }

    HttpListener listen(HttpListenerSettings settings, @Nullable Path file) {
        return listen(settings, null, file);
    }

    HttpListener listen(HttpListenerSettings settings, @Nullable ServerTls tls, @Nullable Path file) {
        HttpListener listener = HttpListener.bind(
                "http",
                settings,
                tls,
                loops,
                Clock.system(),
                registry,
                pipeline -> pipeline.addLast(new TestHandler(late, file)));
        opened.push(listener);
        return listener;
    }

    RawClient connect(HttpListener listener) throws IOException {
        return connect(listener, 0);
    }

    /** Closes it after the test, before what was opened earlier. */
    <T extends AutoCloseable> T closing(T opening) {
        opened.push(opening);
        return opening;
    }

    RawClient connect(HttpListener listener, int receiveBufferBytes) throws IOException {
        RawClient client = new RawClient(listener.localAddress(), receiveBufferBytes);
        opened.push(client);
        return client;
    }

    /** Begins to close a listener that has something in flight, and returns when every connection has been told. */
    static Thread close(HttpListener listener) {
        Thread closing = new Thread(listener::close);
        closing.start();
        Await.until("the close to wait", () -> closing.getState() == Thread.State.TIMED_WAITING);
        return closing;
    }

    /** Answers that handlers owe. */
    Queue<Runnable> late() {
        return late;
    }

    int rejected(String reason) {
        return (int) registry.get("peerdist_http_rejected")
                .tag("listener", "http")
                .tag("reason", reason)
                .counter()
                .count();
    }

    int connections() {
        return (int) registry.get("peerdist_http_connections")
                .tag("listener", "http")
                .gauge()
                .value();
    }

    SimpleMeterRegistry registry() {
        return registry;
    }

    EventLoops loops() {
        return loops;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        loops.close();
    }
}
