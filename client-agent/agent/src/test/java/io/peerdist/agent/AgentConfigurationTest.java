// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigurationTest {
    @TempDir
    private Path directory;

    private AgentConfiguration read(String yaml, SettingOverrides overrides) throws IOException {
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), yaml);
        ConfigurationReader reader = ConfigurationReader.open(file, ConfigurationReader.SECTIONS, overrides);
        AgentConfiguration configuration =
                AgentConfiguration.read(reader.section(AgentConfiguration.SECTION), Path.of("/default"));
        reader.finish();
        return configuration;
    }

    @Test
    void looksForPeersOnAllInterfacesUnlessToldOtherwise() throws Exception {
        AgentConfiguration defaults = read("", SettingOverrides.none());

        assertThat(defaults.agent().mode()).isEqualTo(Mode.AUTO);
        assertThat(defaults.agent().dataDirectory()).isEqualTo(Path.of("/default"));
        assertThat(defaults.managementPort()).isEqualTo(9082);
        assertThat(defaults.agent().discovery()).hasValueSatisfying(discovery -> {
            assertThat(discovery.reach()).isEqualTo(new DiscoveryReach.Multicast(3702));
            assertThat(discovery.interfaces().included()).isEmpty();
        });
    }

    @Test
    void readsWhatTheFileSaysAndLetsOptionsWin() throws Exception {
        AgentConfiguration read = read("""
                agent:
                  mode: hosted
                  data-dir: /var/lib/peerdist/agent
                  cache-size: 20GiB
                  hosted-caches: [cache-1:80, "cache-2:8080"]
                  bind: 127.0.0.1
                  retrieval-port: 8081
                  max-sessions: 8
                  management-port: 0
                """, SettingOverrides.none().put("agent.cache-size", "--cache-size", "1GiB"));

        AgentSettings agent = read.agent();
        assertThat(agent.mode()).isEqualTo(Mode.HOSTED);
        assertThat(agent.dataDirectory()).isEqualTo(Path.of("/var/lib/peerdist/agent"));
        assertThat(agent.cacheBytes()).isEqualTo(1L << 30);
        assertThat(agent.hostedCaches()).containsExactly(new HostPort("cache-1", 80), new HostPort("cache-2", 8080));
        assertThat(agent.retrievalBind().getPort()).isEqualTo(8081);
        assertThat(agent.maxSessions()).isEqualTo(8);
        assertThat(read.managementPort()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"local, 0, false", "hosted, 1, false", "distributed, 0, true", "auto, 1, true"})
    void leavesAloneWhatTheModeDoesNotUse(String mode, int hostedCaches, boolean discovery) throws Exception {
        AgentSettings agent = read(
                        "agent:\n  mode: " + mode + "\n  hosted-caches: [cache:80]\n  bind: 0.0.0.0\n",
                        SettingOverrides.none())
                .agent();

        assertThat(agent.hostedCaches()).hasSize(hostedCaches);
        assertThat(agent.discovery().isPresent()).isEqualTo(discovery);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "::1"})
    void looksForNobodyWhenItServesAtLoopbackAlone(String bind) throws Exception {
        AgentSettings agent = read("agent:\n  bind: \"" + bind + "\"\n", SettingOverrides.none())
                .agent();

        assertThat(agent.discovery()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 10.1.2.3/32", "fd00::7, fd00:0:0:0:0:0:0:7/128"})
    void looksForPeersOnlyOnTheInterfaceWhereItServes(String bind, String network) throws Exception {
        AgentSettings agent = read("agent:\n  bind: \"" + bind + "\"\n", SettingOverrides.none())
                .agent();

        assertThat(agent.discovery())
                .hasValueSatisfying(
                        discovery -> assertThat(discovery.interfaces().included())
                                .singleElement()
                                .hasToString(network));
    }

    @Test
    void asksTheNamedPeersInsteadOfEverybody() throws Exception {
        AgentSettings agent = read("""
                agent:
                  bind: 127.0.0.1
                  discovery:
                    port: 0
                    peers: ["127.0.0.1:3702", "[::1]:3702"]
                """, SettingOverrides.none()).agent();

        assertThat(agent.discovery())
                .hasValueSatisfying(discovery -> assertThat(discovery.reach())
                        .isInstanceOfSatisfying(
                                DiscoveryReach.Unicast.class,
                                unicast -> assertThat(unicast.peers().get()).hasSize(2)));
    }

    @Test
    void tellsEverythingThatIsWrong() {
        assertThatThrownBy(() -> read("""
                        agent:
                          mode: hosted
                          cache-size: 1MiB
                          max-sessions: 0
                          discovery:
                            interfaces: ["a/b"]
                            port: 0
                          hosted-cashes: [x:1]
                        """, SettingOverrides.none()))
                .isInstanceOf(FailureException.class)
                .hasMessageContainingAll(
                        "6 problems",
                        "agent.mode: hosted, and no hosted cache is named",
                        "agent.cache-size",
                        "agent.max-sessions",
                        "agent.discovery.interfaces: interface: a/b",
                        "did you mean \"hosted-caches\"?");
    }
}
