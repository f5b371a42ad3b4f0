// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentStatus;
import io.peerdist.agent.PublishRoutes;
import io.peerdist.agent.SegmentRoutes;
import io.peerdist.agent.proxy.HttpProxy;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.DaemonOptions;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.http.ListenAddress;
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
        description = "Find, fetch and serve blocks for this machine until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings("UnusedVariable") // picocli reads the mixin for logging
final class AgentRunCommand implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentRunCommand.class);

    @Mixin
    private CacheOptions caches = new CacheOptions();

    @Mixin
    private ServeOptions serve = new ServeOptions();

    @Mixin
    private ProxyOptions proxy = new ProxyOptions();

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Override
    public Integer call() {
        ConfigurationReader reader = ConfigurationReader.open(
                daemon.configFile().orElse(null),
                ConfigurationReader.SECTIONS,
                proxy.addTo(serve.addTo(caches.addTo(daemon.overrides(AgentConfiguration.SECTION)))));
        AgentConfiguration configuration = AgentConfiguration.read(
                reader.section(AgentConfiguration.SECTION), CacheOptions.defaultDirectory(System.getenv()));
        reader.finish();
        DaemonRunner.system().run(components -> start(configuration, components));
        return ExitCode.OK.code();
    }

    /** Starts the parts of the daemon; package-private for tests. */
    static void start(AgentConfiguration configuration, Components components) {
        Clock clock = Clock.system();
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        EventLoops loops = components.add("event loops", EventLoops.start("management-io", 1));
        ManagementContent content = ManagementContent.of("peerdist agent");
        Agent agent =
                components.add("agent", Agent.open(configuration.agent(), clock, metrics.registry(), LOGGER::warn));
        InetSocketAddress retrieval = agent.startServing(configuration.serving());
        AgentStatus.describe(agent, retrieval, configuration.agent(), metrics.registry(), content);
        SegmentRoutes.register(agent, clock, content);
        components.add(
                "publications",
                PublishRoutes.register(agent, configuration.agent().origin(), clock, metrics.registry(), content));
        ManagementServer server = components.add(
                "management",
                ManagementServer.start(
                        ListenAddress.resolve(configuration.managementBind(), configuration.managementPort()),
                        loops,
                        clock,
                        metrics.registry(),
                        content));
        components.serves("http", retrieval);
        configuration
                .proxy()
                .map(how -> components.add("proxy", agent.startProxy(how)))
                .flatMap(HttpProxy::address)
                .ifPresent(address -> components.serves("proxy", address));
        components.serves("management", server.localAddress());
        components.add("readiness", content.health().started());
    }
}
