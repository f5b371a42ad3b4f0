// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
                "Download a file: from caches nearby what they have, from the origin the rest, every block verified.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings("UnusedVariable") // picocli reads the mixins
public final class GetCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Parameters(paramLabel = "URL", description = "What to download: http://... or https://...")
    private String url = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to put it; - means standard output. Default: the last part of the URL's path.")
    private @Nullable String output;

    @Option(
            names = "--content-version",
            paramLabel = "N",
            description = "Take content information of version 1 or 2 only. Default: what the origin prefers.")
    private @Nullable Integer contentVersion;

    @Option(names = "--json", description = "Print one JSON object on standard output instead of the summary.")
    private boolean json;

    @Option(names = "--sha256", description = "Compute the SHA-256 of the file and tell it.")
    private boolean sha256;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar and no summary.")
    private boolean quiet;

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
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private @Nullable CommandSpec command;

    private final Map<String, String> environment;
    private final boolean terminal;
    private final Supplier<OutputStream> standardOutput;

    /** A command of this process: its environment, its terminal. */
    public GetCommand() {
        this(System.getenv(), Terminal.isStandardError(), () -> new FileOutputStream(FileDescriptor.out));
    }

    GetCommand(Map<String, String> environment, boolean terminal, Supplier<OutputStream> standardOutput) {
        this.environment = environment;
        this.terminal = terminal;
        this.standardOutput = standardOutput;
    }

    @Override
    public Integer call() {
        DownloadRequest request = request();
        PrintWriter err = commandLine().getErr();
        ProgressBar bar = terminal && !quiet ? new ProgressBar(err, Terminal.columns(environment)) : null;
        DownloadListener listener = bar == null ? new Warnings(err) : bar;
        DownloadReport report = download(settings(), request, listener, bar);
        String digest = sha256 && report.file() != null ? sha256(report.file()) : null;
        if (json) {
            PrintWriter out = commandLine().getOut();
            out.println(DownloadSummary.json(report, digest));
            out.flush();
        } else if (!quiet) {
            err.print(DownloadSummary.text(report));
            if (digest != null) {
                err.println("  SHA-256: " + digest);
            }
            err.flush();
        }
        return ExitCode.OK.code();
    }

    private static DownloadReport download(
            AgentSettings settings, DownloadRequest request, DownloadListener listener, @Nullable ProgressBar bar) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Agent agent = Agent.open(settings, Clock.system(), registry, listener::warning)) {
            return agent.get(request, listener);
        } finally {
            if (bar != null) {
                bar.clear();
            }
        }
    }

    private AgentSettings settings() {
        OfferSettings offers = noOffer
                ? OfferSettings.DISABLED
                : new OfferSettings(true, offerTimeout, OfferSettings.DEFAULTS.totalTimeout());
        return caches.settings(offers, environment);
    }

    private DownloadRequest request() {
        URI target;
        try {
            target = URI.create(url);
            return new DownloadRequest(target, destination(target), version());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private DownloadRequest.Destination destination(URI target) {
        if (STANDARD_OUTPUT.equals(output)) {
            if (json) {
                throw new ParameterException(commandLine(), "--json: needs standard output, which -o - takes");
            }
            return new DownloadRequest.ToStream(new BufferedOutputStream(standardOutput.get()));
        }
        if (output != null) {
            return new DownloadRequest.ToFile(Path.of(output));
        }
        String name = DownloadTarget.nameOf(target);
        if (name == null) {
            throw new ParameterException(commandLine(), "URL: " + url + " names no file; give one with -o FILE");
        }
        return new DownloadRequest.ToFile(Path.of(name));
    }

    private ContentVersion version() {
        if (contentVersion == null) {
            return ContentVersion.ANY;
        }
        return switch (contentVersion) {
            case 1 -> ContentVersion.V1;
            case 2 -> ContentVersion.V2;
            default ->
                throw new ParameterException(
                        commandLine(), "--content-version: " + contentVersion + " (expected: 1 or 2)");
        };
    }

    private static String sha256(Path file) {
        try {
            return FileDigest.sha256(file);
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot read " + file + " again: " + e.getMessage(), e);
        }
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("command: absent (expected: set by picocli)");
        }
        return command.commandLine();
    }

    /** Where there is no progress bar. */
    private record Warnings(PrintWriter err) implements DownloadListener {
        @Override
        public void progress(DownloadProgress progress) {}

        @Override
        public void warning(String sentence) {
            err.println("peerdist: " + sentence);
            err.flush();
        }
    }
}
