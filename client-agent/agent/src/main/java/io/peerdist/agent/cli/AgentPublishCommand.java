// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.ByteCounts;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.publish.ContentHashes;
import io.peerdist.agent.publish.PublishReport;
import io.peerdist.agent.publish.PublishedFile;
import io.peerdist.agent.serve.NetworkRules;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.cli.BindOptions;
import io.peerdist.runtime.cli.DataOptions;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** {@code peerdist agent publish}. */
@Command(
        name = "publish",
        description =
                "Put a file that this machine has into the local cache, for the branch to take it from here and not"
                        + " from URL, which has the same file.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings("NullAway.Init") // picocli sets the parameter and the option that are required
final class AgentPublishCommand implements Callable<Integer> {
    private static final int SESSIONS = 64;

    @Parameters(paramLabel = "FILE", description = "The file that is here.")
    private Path file;

    @Option(names = "--url", required = true, paramLabel = "URL", description = "Where others download it: http://...")
    private String url;

    @Option(
            names = "--content-version",
            paramLabel = "N",
            description = "Take content information of version 1 or 2 only. Default: what the origin prefers.")
    private @Nullable Integer contentVersion;

    @Option(names = "--json", description = "Print a JSON object instead of a sentence.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar and no summary; errors and warnings are told.")
    private boolean quiet;

    @Mixin
    private final ManagementClient management =
            new ManagementClient("agent", AgentConfiguration.DEFAULT_MANAGEMENT_PORT);

    @Option(
            names = "--hosted-cache",
            paramLabel = "HOST:PORT",
            description = "Where no agent runs: a hosted cache to offer to. May be given several times.")
    private List<HostPort> hostedCaches = new ArrayList<>();

    @Mixin
    private BindOptions bind = new BindOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Spec
    private CommandSpec command;

    private final CommandContext context;

    /** A command of this process. */
    AgentPublishCommand() {
        this(CommandContext.ofThisProcess());
    }

    AgentPublishCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        URI from = parsedUrl();
        ContentVersion version = version();
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw wrong(file + ": no file that can be read");
        }
        boolean daemon = findDaemon();
        Progress progress =
                new Progress(command.commandLine().getErr(), context.terminal() && !quiet && !json, context);
        long start = context.clock().nanoTime();
        PublishReport report;
        try {
            report = publish(from, version, daemon, progress);
        } finally {
            progress.clear();
        }
        tell(report, daemon, progress.warnings, context.clock().nanoTime() - start);
        return (report.matchedBytes() > 0 ? ExitCode.OK : ExitCode.WORK_FAILED).code();
    }

    /** The store is the running agent's, so that one has to take the file; without one it is ours. */
    private boolean findDaemon() {
        boolean found = data.directory().isEmpty() && management.isListening();
        if (!found && command.commandLine().getParseResult().hasMatchedOption("--management")) {
            throw new FailureException(
                    ExitCode.WORK_FAILED,
                    "no agent answers at the address of --management; start it, or leave that out");
        }
        return found;
    }

    private PublishReport publish(URI from, ContentVersion version, boolean daemon, Progress progress) {
        OriginAnswer.Hashes hashes =
                ContentHashes.ask(from, version, OriginSettings.DEFAULTS, context.clock()::nanoTime);
        try (EventLoops loops = EventLoops.start("publish-io", 1);
                PublishedFile published = PublishedFile.open(file, hashes.information());
                PeerServer server = PeerServer.start(
                        published,
                        context.clock(),
                        new PeerServer.Binding(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                SESSIONS,
                                loops,
                                new SimpleMeterRegistry()))) {
            InetSocketAddress peer = server.address();
            if (daemon) {
                String wanted = version == ContentVersion.ANY ? "" : version == ContentVersion.V1 ? "1" : "2";
                return new PublishQuestion(management).ask(from, wanted, peer.getPort(), progress);
            }
            try (Agent agent = Agent.open(settings(), context.clock(), new SimpleMeterRegistry(), progress::warning)) {
                return agent.publish(hashes, peer, progress);
            }
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** An agent that looks for nobody; it serves only the hosted caches that it offers to. */
    private AgentSettings settings() {
        String section = AgentConfiguration.SECTION;
        ConfigurationReader reader = ConfigurationReader.open(
                null,
                ConfigurationReader.SECTIONS,
                SettingOverrides.none()
                        .put(section + ".mode", "--mode", hostedCaches.isEmpty() ? "local" : "hosted")
                        .put(section + ".bind", "--bind", bind.bind().orElse(null))
                        .put(
                                section + ".data-dir",
                                "--data-dir",
                                data.directory().orElse(null))
                        .putAll(section + ".hosted-caches", "--hosted-cache", hostedCaches));
        AgentSettings settings = AgentConfiguration.readAgent(
                reader.section(section),
                CacheOptions.defaultDirectory(context.environment()),
                NetworkRules.usualAnd(List.of()));
        try {
            reader.finish();
        } catch (FailureException e) {
            throw wrong(e.sentence());
        }
        return settings;
    }

    private URI parsedUrl() {
        try {
            URI parsed = URI.create(url);
            if (parsed.getHost() != null && String.valueOf(parsed.getScheme()).matches("(?i)https?")) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            throw wrong("--url: " + e.getMessage());
        }
        throw wrong("--url: " + url + " (expected: http://... or https://...)");
    }

    private ContentVersion version() {
        if (contentVersion == null) {
            return ContentVersion.ANY;
        }
        return switch (contentVersion) {
            case 1 -> ContentVersion.V1;
            case 2 -> ContentVersion.V2;
            default -> throw wrong("--content-version: " + contentVersion + " (expected: 1 or 2)");
        };
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private void tell(PublishReport report, boolean daemon, List<String> warnings, long nanos) {
        CommandLine line = command.commandLine();
        if (json) {
            JsonArray told = new JsonArray();
            warnings.forEach(told::add);
            line.getOut()
                    .println(new JsonObject()
                            .put("file", file.toString())
                            .put("cache", daemon ? "agent" : "own")
                            .put("durationMillis", nanos / 1_000_000)
                            .put("report", report.json())
                            .put("warnings", told));
        } else {
            warnings.forEach(warning -> line.getErr().println("peerdist: warning: " + warning));
            if (report.matchedBytes() == 0) {
                line.getErr()
                        .println("peerdist: nothing of " + file + " is what " + report.url()
                                + " has; it is another file, or another version of it");
            } else if (!quiet) {
                line.getOut().println(summary(report, daemon));
            }
        }
        line.getErr().flush();
        line.getOut().flush();
    }

    private String summary(PublishReport report, boolean daemon) {
        StringBuilder text = new StringBuilder();
        text.append(ByteCounts.format(report.matchedBytes()))
                .append(" of ")
                .append(ByteCounts.format(report.fileBytes()))
                .append(" match ")
                .append(report.url())
                .append(daemon ? " and are in the cache of the agent" : " and are in the local cache");
        if (report.knownBytes() > 0) {
            text.append(", ").append(ByteCounts.format(report.knownBytes())).append(" of them before");
        }
        if (report.differentBytes() > 0) {
            text.append("; ")
                    .append(ByteCounts.format(report.differentBytes()))
                    .append(" do not: the server has another version of the file");
        }
        if (report.offers().offered() > 0) {
            text.append("; hosted caches pulled ")
                    .append(report.offers().pulled())
                    .append(" of ")
                    .append(report.offers().offered())
                    .append(" segments offered");
        }
        return text.append("; over the WAN came ")
                .append(ByteCounts.format(report.informationBytes()))
                .append(" of content information and nothing of the file")
                .toString();
    }

    /** Draws a bar and gathers warnings. */
    static final class Progress implements DownloadListener {
        private final @Nullable ProgressBar bar;
        private final CommandContext context;
        private final long startNanos;
        private final List<String> warnings = new ArrayList<>();

        Progress(PrintWriter err, boolean drawn, CommandContext context) {
            this.bar = drawn ? new ProgressBar(err, Terminal.columns(context.environment())) : null;
            this.context = context;
            this.startNanos = context.clock().nanoTime();
        }

        @Override
        public void progress(DownloadProgress progress) {
            if (bar != null) {
                bar.progress("", progress);
            }
        }

        /** As a running agent tells it. */
        void progress(long fileBytes, long doneBytes) {
            progress(new DownloadProgress(
                    fileBytes, doneBytes, Map.of(), context.clock().nanoTime() - startNanos));
        }

        @Override
        public void warning(String sentence) {
            warnings.add(sentence);
        }

        private void clear() {
            if (bar != null) {
                bar.clear();
            }
        }
    }
}
