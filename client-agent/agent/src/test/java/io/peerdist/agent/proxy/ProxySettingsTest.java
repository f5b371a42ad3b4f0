// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {
    private static Optional<ProxySettings> read(Path directory, String yaml) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), yaml);
        ConfigurationReader reader =
                ConfigurationReader.open(file, ConfigurationReader.SECTIONS, SettingOverrides.none());
        Optional<ProxySettings> settings =
                ProxySettings.read(reader.section("agent").section("proxy"));
        reader.finish();
        return settings;
    }

    @Test
    void readsEveryKey(@TempDir Path directory) throws Exception {
        ProxySettings settings = read(directory, """
                        agent:
                          proxy:
                            port: 3128
                            bind: 10.0.0.5
                            socket: /run/peerdist/proxy
                            socket-for-group: true
                            clients: [10.0.0.0/8, "::1"]
                            allow: [".example.org:80", "*:443"]
                            connect-ports: [443]
                            credentials: /etc/peerdist/users
                            parent: http://squid.example:3129/
                            no-proxy: [.branch.example]
                            peerdist: false
                            content-version: 1
                            max-connections: 10
                            max-tunnels: 5
                            connect-timeout: 3s
                            response-timeout: 1m
                            stall-timeout: 30s
                            tunnel-idle-timeout: 1h
                        """).orElseThrow();
        assertThat(settings.port()).hasValue(3128);
        assertThat(settings.bind()).isEqualTo("10.0.0.5");
        assertThat(settings.socket()).hasValue(Path.of("/run/peerdist/proxy"));
        assertThat(settings.socketForGroup()).isTrue();
        assertThat(settings.clients()).hasToString("[10.0.0.0/8, ::1]");
        assertThat(settings.allow()).hasToString("[.example.org:80, *:443]");
        assertThat(settings.connectPorts()).containsExactly(443);
        assertThat(settings.credentials()).hasValue(Path.of("/etc/peerdist/users"));
        assertThat(settings.parentFor(new HostPort("a.example", 80))).hasValue(new HostPort("squid.example", 3129));
        assertThat(settings.parentFor(new HostPort("a.branch.example", 80))).isEmpty();
        assertThat(settings.allows(new Target("x.example.org", 80, "/"))).isTrue();
        assertThat(settings.allows(new Target("x.example.org", 81, "/"))).isFalse();
        assertThat(settings.peerDist()).isFalse();
        assertThat(settings.contentVersion()).isEqualTo(ContentVersion.V1);
        assertThat(settings.limits())
                .isEqualTo(new ProxyLimits(
                        10,
                        5,
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(30),
                        Duration.ofHours(1)));
    }

    @Test
    void runsForThisMachineAloneUnlessToldOtherwise(@TempDir Path directory) throws Exception {
        assertThat(read(directory, "agent:\n  proxy:\n    port: 0\n")).hasValue(ProxySettings.atPort(0));
        assertThat(read(directory, "agent:\n  proxy:\n    bind: 10.0.0.1\n")).isEmpty();
        assertThat(read(directory, "agent:\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 70000|agent.proxy.port",
                "clients: [eth0]|network: eth0",
                "allow: ['http://x']|destination: http://x",
                "connect-ports: [0]|a port from 1 to 65535",
                "parent: https://squid|agent.proxy.parent",
                "parent: 'squid:0'|expected: http://HOST:PORT",
                "stall-timeout: 1ms|agent.proxy.stall-timeout",
                "prot: 1|did you mean"
            })
    void saysWhatIsWrong(String line, String expected, @TempDir Path directory) {
        assertThatThrownBy(() -> read(directory, "agent:\n  proxy:\n    " + line + "\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "cache.example:3128, cache.example:3128",
        "'[fd00::1]:3128', '[fd00::1]:3128'",
        "cache.example, '127.0.0.1:99'",
        "'evil\"; alert(1):80', '127.0.0.1:99'",
        "'a:0', '127.0.0.1:99'",
        "'', '127.0.0.1:99'"
    })
    void namesTheProxyInTheScriptAsTheProgramDoes(String host, String named) {
        String script =
                ProxyAutoConfiguration.script(host, new InetSocketAddress(InetAddress.getLoopbackAddress(), 99));
        assertThat(script).contains("FindProxyForURL", "return \"PROXY " + named + "; DIRECT\";");
    }

    @Test
    void knowsItsOwnRequestsByVia() {
        Via via = new Via("peerdist (0000002a)");
        assertThat(via.hasPassed(via("1.0 fred, 1.1 peerdist (0000002a)"))).isTrue();
        assertThat(via.hasPassed(via("1.1 peerdist (0000002b), 1.1 squid"))).isFalse();
        assertThat(via.hasPassed(via("1.1 peerdistant"))).isFalse();
        assertThat(via.hasPassed(via(String.join(", ", Collections.nCopies(8, "1.1 peerdist")))))
                .isTrue();
        assertThat(Via.random(new SplittableRandom(1)).name()).matches("peerdist \\([0-9a-f]{8}\\)");
    }

    private static HttpHeaders via(String... values) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set("Via", List.of(values));
        return headers;
    }
}
