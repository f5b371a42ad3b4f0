// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.download.Checksum;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.serve.NetworkRules;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.BindOptions;
import io.peerdist.runtime.cli.DataOptions;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist get}. */
@Command(
        name = "get",
        description =
                "Download files: from caches nearby what they have, from the origin the rest, every block verified.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings("UnusedVariable") // picocli reads the mixins
public final class GetCommand implements Callable<Integer> {
    private static final int DEFAULT_PARALLEL = 4;

    /** Each may have 16 MiB on its way; so many fit into the heap that the launcher gives. */
    private static final int MAX_PARALLEL = 8;

    /** Below it servers take a download for dead. */
    private static final long MIN_BYTES_PER_SECOND = 1_024;

    @Parameters(paramLabel = "URL", arity = "0..*", description = "What to download: http://... or https://...")
    private List<String> urls = new ArrayList<>();

    @Option(
            names = {"-i", "--input-file"},
            paramLabel = "FILE",
            description =
                    "Download also the URLs in FILE, one on each line; # begins a comment; - means standard input.")
    private @Nullable String inputFile;

    @Mixin
    private SaveOptions save = new SaveOptions();

    @Option(
            names = "--checksum",
            paramLabel = "sha256:HEX",
            description = "Keep the file only if it has this SHA-256 (sha512:HEX: SHA-512). For one URL.")
    private @Nullable String checksum;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Files downloaded at a time, 1 to " + MAX_PARALLEL + ". Default: " + DEFAULT_PARALLEL + ".")
    private int parallel = DEFAULT_PARALLEL;

    @Option(
            names = "--limit-rate",
            paramLabel = "SIZE",
            description =
                    "Take at most so much per second from the network, all files and sources together, for example"
                            + " 10M. Default: no limit.")
    private @Nullable DataSize rateLimit;

    @Option(
            names = "--content-version",
            paramLabel = "N",
            description = "Take content information of version 1 or 2 only. Default: what the origin prefers.")
    private @Nullable Integer contentVersion;

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Option(names = "--no-offer", description = "Do not offer to hosted caches what came from the origin.")
    private boolean noOffer;

    @Option(
            names = "--offer-timeout",
            paramLabel = "TIME",
            description = "How long to wait for a hosted cache that pulls nothing, for example 10s. Default: 10s.")
    private Duration offerTimeout = OfferSettings.DEFAULTS.idleTimeout();

    @Mixin
    private CacheOptions caches = new CacheOptions();

    @Mixin
    private BindOptions bind = new BindOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private @Nullable CommandSpec command;

    private final CommandContext context;

    /** A command of this process: its environment, its terminal. */
    public GetCommand() {
        this(CommandContext.ofThisProcess());
    }

    GetCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        AgentSettings settings = settings();
        List<DownloadRequest> requests;
        try {
            requests = requests();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
        save.makeDirectory();
        GetReporter reporter = report.reporter(
                requests.size(), commandLine().getOut(), commandLine().getErr(), context);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Agent agent = Agent.open(settings, context.clock(), registry, reporter::warning)) {
            return new DownloadQueue(requests, agent::get, report.sha256(), reporter)
                    .run(parallel, registry)
                    .code();
        }
    }

    private AgentSettings settings() {
        OfferSettings offers = noOffer
                ? OfferSettings.DISABLED
                : new OfferSettings(true, offerTimeout, OfferSettings.DEFAULTS.totalTimeout());
        AgentSettings settings =
                read().withDataDirectoryRequired(data.directory().isPresent()).withOffers(offers);
        return rateLimit == null ? settings : settings.withReceiveBytesPerSecond(bytesPerSecond(rateLimit));
    }

    /** Throws {@link ParameterException} for options that are wrong. */
    private AgentSettings read() {
        SettingOverrides overrides = caches.addTo(SettingOverrides.none())
                .put(AgentConfiguration.SECTION + ".bind", "--bind", bind.bind().orElse(null))
                .put(
                        AgentConfiguration.SECTION + ".data-dir",
                        "--data-dir",
                        data.directory().orElse(null));
        ConfigurationReader reader = ConfigurationReader.open(null, ConfigurationReader.SECTIONS, overrides);
        AgentSettings settings = AgentConfiguration.readAgent(
                reader.section(AgentConfiguration.SECTION),
                CacheOptions.defaultDirectory(context.environment()),
                NetworkRules.usualAnd(List.of()));
        try {
            reader.finish();
        } catch (FailureException e) {
            throw new ParameterException(commandLine(), e.sentence(), e);
        }
        return settings.discovery()
                .map(how -> settings.withDiscovery(how.withAnswers(false)))
                .orElse(settings);
    }

    private long bytesPerSecond(DataSize limit) {
        if (limit.bytes() < MIN_BYTES_PER_SECOND || limit.bytes() > RateLimit.MAX_BYTES_PER_SECOND) {
            throw new ParameterException(commandLine(), "--limit-rate: " + limit + " (expected: 1KiB to 1TiB)");
        }
        return limit.bytes();
    }

    /** Throws {@link IllegalArgumentException} with a sentence for the user when the options do not fit together. */
    private List<DownloadRequest> requests() {
        require(
                parallel >= 1 && parallel <= MAX_PARALLEL,
                "--parallel: " + parallel + " (expected: 1 to " + MAX_PARALLEL + ")");
        require(!save.toStandardOutput() || !report.json(), "--json: needs standard output, which -o - takes");
        ContentVersion version = version();
        Checksum expected = checksum == null ? null : Checksum.parse(checksum);
        List<ListedUrl> listed = UrlList.read(urls, inputFile, context.standardInput());
        require(
                expected == null || listed.size() == 1,
                "--checksum: given with " + listed.size() + " URLs (expected: one URL)");
        List<DownloadRequest.Destination> destinations = save.destinations(listed, context.standardOutput());
        List<DownloadRequest> requests = new ArrayList<>(listed.size());
        for (int i = 0; i < listed.size(); i++) {
            requests.add(new DownloadRequest(listed.get(i).url(), destinations.get(i), version, expected));
        }
        return requests;
    }

    private ContentVersion version() {
        if (contentVersion == null) {
            return ContentVersion.ANY;
        }
        require(
                contentVersion == 1 || contentVersion == 2,
                "--content-version: " + contentVersion + " (expected: 1 or 2)");
        return contentVersion == 1 ? ContentVersion.V1 : ContentVersion.V2;
    }

    private static void require(boolean condition, String sentence) {
        if (!condition) {
            throw new IllegalArgumentException(sentence);
        }
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("command: absent (expected: set by picocli)");
        }
        return command.commandLine();
    }
}
