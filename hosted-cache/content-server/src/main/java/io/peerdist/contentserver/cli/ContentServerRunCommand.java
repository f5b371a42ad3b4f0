// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.contentserver.ContentServer;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.cli.DaemonOptions;
import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peerdist content-server run}. */
@Command(
        name = "run",
        description = "Run the content server until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ContentServerRunCommand implements Callable<Integer> {
    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Directory whose files anybody may read. Names that begin with a dot are left out.")
    private @Nullable Path root;

    @Option(
            names = "--http-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port for clients; 0 means any. Default: " + DaemonConfiguration.DEFAULT_HTTP_PORT + ".")
    private @Nullable Integer httpPort;

    @Option(
            names = "--secret-file",
            paramLabel = "F",
            description = "The octets of this file are the secret key. Default: one that is made once in the data"
                    + " directory.")
    private @Nullable Path secretFile;

    @Option(
            names = "--manifest-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "HTTPS port where hosted caches learn what content is genuine; 0 means any. Default: none.")
    private @Nullable Integer manifestPort;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Override
    public Integer call() {
        DaemonConfiguration configuration =
                DaemonConfiguration.read(daemon.configFile().orElse(null), overrides());
        DaemonRunner.system().run(components -> start(configuration, components));
        return 0;
    }

    private SettingOverrides overrides() {
        return daemon.overrides("content-server")
                .put("content-server.root", "--root", root)
                .put("content-server.http-port", "--http-port", httpPort)
                .put("content-server.secret-file", "--secret-file", secretFile)
                .put("content-server.manifest.port", "--manifest-port", manifestPort);
    }

    private static void start(DaemonConfiguration configuration, Components components) {
        Clock clock = Clock.system();
        DaemonMetrics metrics = components.add("metrics", new DaemonMetrics());
        EventLoops loops = components.add("event loops", EventLoops.start("http"));
        ManagementContent content = ManagementContent.of("peerdist content-server");
        ContentServer server = components.add(
                "content server",
                ContentServer.start(configuration.settings(), loops, clock, new SecureRandom(), metrics.registry()));
        server.describe(content);
        ManagementServer management = components.add(
                "management",
                ManagementServer.start(configuration.managementBind(), loops, clock, metrics.registry(), content));
        components.serves("http", server.localAddress());
        server.manifestAddress().ifPresent(address -> components.serves("manifest", address));
        components.serves("management", management.localAddress());
        components.add("readiness", content.health().started());
    }
}
