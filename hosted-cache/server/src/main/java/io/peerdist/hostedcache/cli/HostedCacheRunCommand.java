// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.hostedcache.HostedCache;
import io.peerdist.hostedcache.HostedCacheApi;
import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.DaemonOptions;
import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.http.ListenAddress;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peerdist hosted-cache run}. */
@Command(
        name = "run",
        description = "Run the hosted cache until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class HostedCacheRunCommand implements Callable<Integer> {
    @Option(
            names = "--http-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port for clients; 0 means any. Default: " + HostedCacheSettings.DEFAULT_HTTP_PORT + ".")
    private @Nullable Integer httpPort;

    @Option(
            names = "--https-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port for offers of version 1.0, over HTTPS; 0 means any. Default: none.")
    private @Nullable Integer httpsPort;

    @Option(
            names = "--cache-size",
            paramLabel = "SIZE",
            description = "The most that the cache takes on the disk, such as 500GiB. Default: 10GiB.")
    private @Nullable DataSize cacheSize;

    @Option(
            names = "--client-authentication",
            paramLabel = "MODE",
            description = "none, or domain: who offers over HTTPS needs a Kerberos ticket. Default: none.")
    private @Nullable String clientAuthentication;

    @Option(
            names = "--answer-probes",
            arity = "0",
            description =
                    "Answer the probes of peers on the cache's subnets, so that clients in distributed mode use it too.")
    private @Nullable Boolean answerProbes;

    @Option(
            names = "--discovery-interface",
            paramLabel = "NAME|CIDR",
            description = "Where probes are answered, for example eth0 or 10.1.0.0/16. May be given several times."
                    + " Default: on all interfaces.")
    private List<String> discoveryInterfaces = new ArrayList<>();

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Override
    public Integer call() {
        ConfigurationReader reader =
                ConfigurationReader.open(daemon.configFile().orElse(null), ConfigurationReader.SECTIONS, overrides());
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        DaemonRunner.system().run(components -> start(settings, components));
        return ExitCode.OK.code();
    }

    private SettingOverrides overrides() {
        return daemon.overrides(HostedCacheSettings.SECTION)
                .put("hosted-cache.http-port", "--http-port", httpPort)
                .put("hosted-cache.https-port", "--https-port", httpsPort)
                .put("hosted-cache.cache-size", "--cache-size", cacheSize)
                .put("hosted-cache.authentication.mode", "--client-authentication", clientAuthentication)
                .put("hosted-cache.answer-probes", "--answer-probes", answerProbes)
                .putAll("hosted-cache.discovery-interfaces", "--discovery-interface", discoveryInterfaces);
    }

    private static void start(HostedCacheSettings settings, Components components) {
        Clock clock = Clock.system();
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        EventLoops loops = components.add("event loops", EventLoops.start("http"));
        HostedCache cache = HostedCache.start(settings, components, loops, clock, metrics.registry());
        ManagementContent content = ManagementContent.of("peerdist hosted-cache");
        HostedCacheApi.register(cache, content);
        ManagementServer management = components.add(
                "management",
                ManagementServer.start(
                        ListenAddress.resolve(settings.managementBind(), settings.managementPort()),
                        loops,
                        clock,
                        metrics.registry(),
                        content));
        components.serves("management", management.localAddress());
        components.add("readiness", content.health().started());
    }
}
