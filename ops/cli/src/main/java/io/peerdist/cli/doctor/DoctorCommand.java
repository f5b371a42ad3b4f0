// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peerdist doctor}: looks whether PeerDist can work on this machine; exit code 0 without problems, 1 with. */
@Command(
        name = "doctor",
        description = "Look whether an agent or a hosted cache can work on this machine, and say what to do.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
public final class DoctorCommand implements Callable<Integer> {
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The daemons' configuration file; sections agent and hosted-cache are read.")
    private @Nullable Path config;

    @Option(
            names = "--hosted-cache",
            paramLabel = "HOST:PORT",
            description = "A hosted cache to ask. May be given several times. Default: those of the file.")
    private List<HostPort> hostedCaches = new ArrayList<>();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "A file whose origin is asked for content information. May be given several times.")
    private List<URI> urls = new ArrayList<>();

    @Option(names = "--data-dir", paramLabel = "DIR", description = "The agent's data directory.")
    private @Nullable Path dataDirectory;

    @Option(names = "--bind", paramLabel = "ADDR", description = "The address where others fetch from the agent.")
    private @Nullable String bind;

    @Option(
            names = "--retrieval-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "The port where others fetch from the agent.")
    private @Nullable Integer retrievalPort;

    @Option(
            names = "--management-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "The agent's management port.")
    private @Nullable Integer managementPort;

    @Option(names = "--no-multicast", description = "Send no probe to the subnets.")
    private boolean withoutMulticast;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final Duration limit;

    /** A command of this process. */
    public DoctorCommand() {
        this(CheckRun.LIMIT);
    }

    DoctorCommand(Duration limit) {
        this.limit = limit;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("doctor runs only as a command");
        }
        for (URI url : urls) {
            if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")) {
                throw new FailureException(ExitCode.USAGE, "--url: " + url + " (expected: http://... or https://...)");
            }
        }
        Map<String, String> environment = System.getenv();
        PrintWriter out = spec.commandLine().getOut();
        Machine machine = Machine.here(environment);
        CheckRun run = new CheckRun(limit, machine.clock()::nanoTime);
        boolean agentWanted = dataDirectory != null || retrievalPort != null || bind != null || managementPort != null;
        ConfigurationCheck configuration = new ConfigurationCheck(
                config, this::agentOptions, agentWanted, AgentConfiguration.defaultDirectory(environment));
        List<Finding> findings = new ArrayList<>(run.run(List.of(configuration)));
        Checks.Plan plan = Checks.plan(
                configuration.subject().orElse(Subject.NOTHING),
                new Checks.Wishes(hostedCaches, urls, !withoutMulticast),
                machine);
        for (List<Check> stage : plan.stages()) {
            findings.addAll(run.run(stage));
        }
        findings.addAll(plan.findings());
        if (json) {
            out.println(FindingReport.json(findings));
        } else {
            FindingReport.print(findings, !environment.containsKey("NO_COLOR") && isTerminal(), out);
        }
        out.flush();
        return (FindingReport.count(findings, Level.PROBLEM) == 0 ? ExitCode.OK : ExitCode.WORK_FAILED).code();
    }

    /** Java itself tells of standard input and output together only. */
    private static boolean isTerminal() {
        try {
            return Files.readSymbolicLink(STANDARD_OUTPUT).toString().matches("/dev/(pts/\\d+|tty\\w*|console)");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private SettingOverrides agentOptions() {
        String section = AgentConfiguration.SECTION;
        return SettingOverrides.none()
                .put(section + ".data-dir", "--data-dir", dataDirectory)
                .put(section + ".bind", "--bind", bind)
                .put(section + ".retrieval-port", "--retrieval-port", retrievalPort)
                .put(section + ".management-port", "--management-port", managementPort)
                .putAll(section + ".hosted-caches", "--hosted-cache", hostedCaches);
    }
}
