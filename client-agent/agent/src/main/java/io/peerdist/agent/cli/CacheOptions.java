// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.BindOptions;
import io.peerdist.runtime.cli.DataOptions;
import io.peerdist.runtime.cli.PortConverter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which caches are used and where this machine is served from. */
final class CacheOptions {
    /** The store's smallest size; see {@code BlockStoreSettings}. */
    private static final long MIN_CACHE_BYTES = 4L << 20;

    private static final String ALL_ADDRESSES = "::";

    @Option(
            names = "--hosted-cache",
            paramLabel = "HOST:PORT",
            description = "A hosted cache of the office. May be given several times.")
    private List<HostPort> hostedCaches = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "auto",
            description = "Where to look before the origin: local (own cache), hosted (own cache and hosted caches) or"
                    + " auto (wherever possible). Default: auto.")
    private Mode mode = Mode.AUTO;

    @Option(
            names = "--cache-size",
            paramLabel = "SIZE",
            description = "How much the local cache may hold, for example 20GiB. Default: 5GiB.")
    private DataSize cacheSize = new DataSize(AgentSettings.DEFAULT_CACHE_BYTES);

    @Option(
            names = "--retrieval-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port that others fetch blocks from; 0 means any. Default: 0.")
    private Integer retrievalPort = 0;

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            description = "Blocks served to others at once; above it they are told that there is none. Default: "
                    + AgentSettings.DEFAULT_SESSIONS + ".")
    private int maxSessions = AgentSettings.DEFAULT_SESSIONS;

    @Mixin
    private BindOptions bind = new BindOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** The settings that these options make, with {@code offers}. */
    AgentSettings settings(OfferSettings offers, Map<String, String> environment) {
        require(cacheSize.bytes() >= MIN_CACHE_BYTES, "--cache-size: " + cacheSize + " (expected: at least 4MiB)");
        require(
                hostedCaches.size() <= AgentSettings.MAX_HOSTED_CACHES,
                "--hosted-cache: given " + hostedCaches.size() + " times (expected: at most "
                        + AgentSettings.MAX_HOSTED_CACHES + " times)");
        require(
                maxSessions >= 1 && maxSessions <= AgentSettings.MAX_SESSIONS,
                "--max-sessions: " + maxSessions + " (expected: 1 to " + AgentSettings.MAX_SESSIONS + ")");
        require(mode != Mode.HOSTED || !hostedCaches.isEmpty(), "--mode hosted: needs --hosted-cache HOST:PORT");
        InetSocketAddress retrievalBind = bind.resolve(ALL_ADDRESSES, retrievalPort);
        return new AgentSettings(
                data.directory().orElseGet(() -> defaultDirectory(environment)),
                data.directory().isPresent(),
                cacheSize.bytes(),
                mode == Mode.LOCAL ? List.of() : hostedCaches,
                retrievalBind,
                maxSessions,
                offers,
                OriginSettings.DEFAULTS,
                0);
    }

    /** {@code $XDG_CACHE_HOME/peerdist}, or {@code ~/.cache/peerdist}. */
    private static Path defaultDirectory(Map<String, String> environment) {
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = caches.startsWith("/") ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("peerdist");
    }

    private void require(boolean condition, String sentence) {
        if (!condition) {
            throw new ParameterException(commandLine(), sentence);
        }
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("command: absent (expected: set by picocli)");
        }
        return command.commandLine();
    }
}
