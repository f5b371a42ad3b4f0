// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.ConfigurationSection;
import io.peerdist.runtime.config.SettingOverrides;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the configuration as the daemons would; what it read is what the other checks look at. */
final class ConfigurationCheck implements Check {
    private static final String NAME = "configuration";

    private final @Nullable Path file;
    private final Supplier<SettingOverrides> agentOptions;
    private final boolean agentWanted;
    private final Path defaultDirectory;
    private volatile @Nullable Subject subject;

    /**
     * For a file, or none.
     *
     * @param agentOptions what the command line says of the agent
     * @param agentWanted whether to look at an agent also when the file has a section for a hosted cache alone
     */
    ConfigurationCheck(
            @Nullable Path file, Supplier<SettingOverrides> agentOptions, boolean agentWanted, Path defaultDirectory) {
        this.file = file;
        this.agentOptions = agentOptions;
        this.agentWanted = agentWanted;
        this.defaultDirectory = defaultDirectory;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Finding> run() {
        try {
            read(file);
        } catch (FailureException e) {
            if (subject == null) {
                read(null); // the file is not there or no YAML: options and defaults are left
            }
            return findings(e);
        }
        if (file == null) {
            return List.of(Finding.skipped(
                    NAME,
                    "no file is named; defaults are assumed",
                    "If the daemons have one: peerdist doctor --config FILE"));
        }
        return List.of(Finding.ok(NAME, file + " is as the daemons expect it"));
    }

    /** What the file and the options say, with defaults where they are wrong; empty before the check has run. */
    Optional<Subject> subject() {
        return Optional.ofNullable(subject);
    }

    private void read(@Nullable Path from) {
        ConfigurationReader reader = ConfigurationReader.open(from, ConfigurationReader.SECTIONS, agentOptions.get());
        ConfigurationSection agent = reader.section(AgentConfiguration.SECTION);
        ConfigurationSection cache = reader.section(HostedCacheSettings.SECTION);
        AgentConfiguration read = AgentConfiguration.read(agent, defaultDirectory);
        boolean agentRuns = agentWanted || !agent.isEmpty() || cache.isEmpty();
        subject = new Subject(
                agentRuns ? Optional.of(read) : Optional.empty(),
                cache.isEmpty() ? Optional.empty() : Optional.of(HostedCacheSettings.read(cache)));
        reader.finish();
    }

    /** One for each line that names a place; the first line of several counts them. */
    private static List<Finding> findings(FailureException failure) {
        List<String> lines = failure.sentence().lines().toList();
        return lines.stream()
                .skip(lines.size() > 1 ? 1 : 0)
                .map(line -> line.strip().replaceFirst("^configuration: ", ""))
                .map(line -> Finding.problem(
                        NAME, line, "Mend it; ops/docs/configuration.md has every key with its range and default."))
                .toList();
    }
}
