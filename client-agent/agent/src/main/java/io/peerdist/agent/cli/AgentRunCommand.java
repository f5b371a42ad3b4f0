// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.AgentStatus;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.ManagementOptions;
import io.peerdist.runtime.cli.TraceOptions;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peerdist agent run}. */
@Command(
        name = "run",
        description = "Serve this machine's local cache until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings("UnusedVariable") // picocli reads the mixins
final class AgentRunCommand implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentRunCommand.class);
    static final int DEFAULT_MANAGEMENT_PORT = 9082;

    @Mixin
    private CacheOptions caches = new CacheOptions();

    @Mixin
    private ManagementOptions management = new ManagementOptions();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Mixin
    private TraceOptions tracing = new TraceOptions();

    @Override
    public Integer call() {
        AgentSettings settings =
                caches.settings(OfferSettings.DEFAULTS, System.getenv()).withDataDirectoryRequired();
        InetSocketAddress managementBind = management.resolve(DEFAULT_MANAGEMENT_PORT);
        DaemonRunner.system().run(components -> start(settings, managementBind, components));
        return ExitCode.OK.code();
    }

    /** Starts the parts of the daemon; package-private for tests. */
    static void start(AgentSettings settings, InetSocketAddress managementBind, Components components) {
        Clock clock = Clock.system();
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        EventLoops loops = components.add("event loops", EventLoops.start("management-io", 1));
        ManagementContent content = ManagementContent.of("peerdist agent");
        Agent agent = components.add("agent", Agent.open(settings, clock, metrics.registry(), LOGGER::warn));
        InetSocketAddress retrieval = agent.startServing();
        AgentStatus.describe(agent, retrieval, settings, content);
        ManagementServer server = components.add(
                "management", ManagementServer.start(managementBind, loops, clock, metrics.registry(), content));
        components.serves("http", retrieval);
        components.serves("management", server.localAddress());
        components.add("readiness", content.health().started());
    }
}
