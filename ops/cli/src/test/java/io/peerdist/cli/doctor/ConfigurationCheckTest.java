// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationCheckTest {
    @TempDir
    Path directory;

    @Test
    void makesAFindingOfEachProblemOfTheFile() throws IOException {
        ConfigurationCheck check = check("""
                agent:
                  cache-siez: 1GiB
                  retrieval-port: 70000
                """);

        assertThat(check.run())
                .hasSize(2)
                .allMatch(finding -> finding.level() == Level.PROBLEM)
                .extracting(Finding::seen)
                .anyMatch(seen -> seen.contains("agent.yaml:2:") && seen.contains("cache-size"))
                .anyMatch(seen -> seen.contains("agent.yaml:3:") && seen.contains("70000"));
    }

    @Test
    void acceptsAFileWithBothSections() throws IOException {
        ConfigurationCheck check = check("""
                agent:
                  hosted-caches: ["10.0.0.5:8080"]
                hosted-cache:
                  data-dir: /var/lib/peerdist
                """);

        assertThat(check.run()).extracting(Finding::level).containsExactly(Level.OK);
        Subject subject = check.subject().orElseThrow();
        assertThat(subject.agent().orElseThrow().agent().hostedCaches()).hasToString("[10.0.0.5:8080]");
        assertThat(subject.hostedCache()).isPresent();
    }

    @Test
    void looksAtNoAgentOnAMachineWithAHostedCacheAlone() throws IOException {
        ConfigurationCheck check = check("hosted-cache: {data-dir: /var/lib/peerdist}");

        check.run();

        assertThat(check.subject().orElseThrow().agent()).isEmpty();
    }

    @Test
    void missesTheDirectoryOfAHostedCache() throws IOException {
        List<Finding> findings = check("hosted-cache: {cache-size: 1GiB}").run();

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("data-dir"));
    }

    @Test
    void goesOnWithDefaultsWhenThereIsNoSuchFile() {
        ConfigurationCheck check = new ConfigurationCheck(
                directory.resolve("absent.yaml"), SettingOverrides::none, false, directory.resolve("cache"));

        assertThat(check.run())
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("no such file"));
        assertThat(check.subject().orElseThrow().agent().orElseThrow().agent().dataDirectory())
                .isEqualTo(directory.resolve("cache"));
    }

    @Test
    void skipsWhatIsNotNamed() {
        ConfigurationCheck check = new ConfigurationCheck(null, SettingOverrides::none, false, directory);

        assertThat(check.run()).extracting(Finding::level).containsExactly(Level.SKIPPED);
    }

    private ConfigurationCheck check(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), yaml);
        return new ConfigurationCheck(file, SettingOverrides::none, false, directory.resolve("cache"));
    }
}
