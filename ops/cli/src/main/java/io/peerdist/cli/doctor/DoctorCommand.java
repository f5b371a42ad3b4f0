// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.cli.VersionProvider;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

    @Option(names = "--data-dir", paramLabel = "DIR", description = "The agent's data directory.")
    private @Nullable Path dataDirectory;

    @Option(
            names = "--retrieval-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "The port where others fetch from the agent.")
    private @Nullable Integer retrievalPort;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("doctor runs only as a command");
        }
        PrintWriter out = spec.commandLine().getOut();
        CheckRun run = new CheckRun(CheckRun.LIMIT);
        boolean agentWanted = dataDirectory != null || retrievalPort != null;
        ConfigurationCheck configuration = new ConfigurationCheck(
                config, this::agentOptions, agentWanted, AgentConfiguration.defaultDirectory(System.getenv()));
        List<Finding> findings = new ArrayList<>(look(configuration, run, out));
        for (Check check : checks(configuration.subject().orElse(Subject.NOTHING))) {
            findings.addAll(look(check, run, out));
        }
        if (json) {
            out.println(FindingReport.json(findings));
        }
        out.flush();
        return (FindingReport.problems(findings) == 0 ? ExitCode.OK : ExitCode.WORK_FAILED).code();
    }

    private List<Finding> look(Check check, CheckRun run, PrintWriter out) throws InterruptedException {
        List<Finding> findings = run.run(check);
        if (!json) {
            findings.forEach(finding -> FindingReport.print(finding, out));
        }
        return findings;
    }

    private List<Check> checks(Subject subject) {
        Clock clock = Clock.system();
        Set<HostPort> caches = new LinkedHashSet<>(hostedCaches);
        subject.agent().ifPresent(agent -> caches.addAll(agent.agent().hostedCaches()));
        List<Check> checks = new ArrayList<>();
        caches.forEach(cache -> checks.add(new HostedCacheCheck(cache, clock)));
        return checks;
    }

    private SettingOverrides agentOptions() {
        String section = AgentConfiguration.SECTION;
        return SettingOverrides.none()
                .put(section + ".data-dir", "--data-dir", dataDirectory)
                .put(section + ".retrieval-port", "--retrieval-port", retrievalPort)
                .putAll(section + ".hosted-caches", "--hosted-cache", hostedCaches);
    }
}
