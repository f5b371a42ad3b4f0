// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.cli.ManagementOptions;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A daemon as the real ones are built, for {@link DaemonRunnerIT}. */
@Command(name = "child")
final class ChildDaemon implements Runnable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ChildDaemon.class);

    @Parameters
    private String mode = "";

    @Mixin
    final ManagementOptions management = new ManagementOptions();

    public static void main(String[] arguments) {
        System.exit(CommandLines.create(new ChildDaemon()).execute(arguments));
    }

    @Override
    public void run() {
        Duration limit = mode.equals("stuck") ? Duration.ofMillis(500) : DaemonRunner.DEFAULT_CLOSE_LIMIT;
        new DaemonRunner(Clock.system(), limit, System.out).run(this::start);
    }

    private void start(Components components) throws Exception {
        LOGGER.info("starting {}, a line\nbreak stays inside its line", mode);
        components.add("first", logged("first"));
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        EventLoops loops = components.add("event loops", EventLoops.start("child", 1));
        HttpListener http = HttpListener.bind(
                "http",
                HttpListenerSettings.of(new HostPort("127.0.0.1", 0).resolve()),
                loops,
                Clock.system(),
                metrics.registry(),
                pipeline -> {});
        components.add("http", http);
        components.add("http log", logged("http"));
        components.serves("http", http.localAddress());
        switch (mode) {
            case "stuck" -> components.add("stuck", new CountDownLatch(1)::await);
            case "slow-start" -> new CountDownLatch(1).await();
            case "cannot-bind" ->
                HttpListener.bind(
                        "second",
                        HttpListenerSettings.of(http.localAddress()),
                        loops,
                        Clock.system(),
                        metrics.registry(),
                        pipeline -> {});
            case "defect" -> throw new IllegalStateException("a defect");
            default -> {}
        }
        startManagement(components, loops, metrics);
        if (mode.equals("fatal")) {
            components.fail(new FailureException(ExitCode.STORE_CORRUPT, "the store broke"));
        }
    }

    private static void startManagement(Components components, EventLoops loops, DaemonMetrics metrics) {
        ManagementContent content = ManagementContent.of("child");
        ManagementServer server = ManagementServer.start(
                new HostPort("::1", 0).resolve(), loops, Clock.system(), metrics.registry(), content);
        components.add("management", server);
        components.add("management log", logged("management"));
        components.serves("management", server.localAddress());
        components.add("readiness", content.health().started());
    }

    private static AutoCloseable logged(String name) {
        return () -> LOGGER.info("closed {}", name);
    }
}
