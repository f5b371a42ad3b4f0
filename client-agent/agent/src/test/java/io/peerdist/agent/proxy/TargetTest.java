// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "http://a.example, a.example, 80, /, a.example",
        "HTTP://a.example/x, a.example, 80, /x, a.example",
        "http://a.example:/x, a.example, 80, /x, a.example",
        "http://a.example:8080/x?y=z&u=%2f, a.example, 8080, /x?y=z&u=%2f, a.example:8080",
        "http://a.example?q, a.example, 80, /?q, a.example",
        "http://[::1]:81/, ::1, 81, /, [::1]:81",
        "http://[2001:db8::1]/a|b[c], 2001:db8::1, 80, /a|b[c], [2001:db8::1]",
        "http://10.0.0.1/\u00e9, 10.0.0.1, 80, /%E9, 10.0.0.1"
    })
    void readsAbsoluteTargets(String uri, String host, int port, String path, String hostField) {
        Target target = Target.ofAbsolute(uri);
        assertThat(target).isEqualTo(new Target(host, port, path));
        assertThat(target.hostField()).isEqualTo(hostField);
        assertThat(target.uri()).isEqualTo("http://" + hostField + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "*",
                "https://a/",
                "ftp://a/",
                "http:/a/",
                "http:///x",
                "http://u:p@a/",
                "http://a:0/",
                "http://a:65536/",
                "http://a:x/",
                "http://a b/",
                "http://a/b c",
                "http://a/#f",
                "http://-a/",
                "http://a%2eb/",
                "http://[::1/",
                "http://[fe80::1%25eth0]/",
                "http://a\\@b/",
                "http://a/\u0007",
                "http://\u00e9/"
            })
    void refusesOtherTargets(String uri) {
        assertThatThrownBy(() -> Target.ofAbsolute(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected:");
    }

    @Test
    void readsTunnelTargets() {
        assertThat(Target.ofTunnel("a.example:443")).isEqualTo(new Target("a.example", 443, ""));
        assertThat(Target.ofTunnel("[::1]:443").origin()).isEqualTo("[::1]:443");
        for (String wrong : new String[] {"a.example", "a.example:", "http://a:443", "a:443/", ":443", "a:443:1"}) {
            assertThatThrownBy(() -> Target.ofTunnel(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shortensWhatStrangersSay() {
        assertThat(Target.shortened("x\u001b[2J" + "y".repeat(100)))
                .hasSize(85)
                .startsWith("\"x?[2Jyyy")
                .endsWith("...\"");
    }

    @ParameterizedTest
    @CsvSource({
        "*, a.example, 80, true",
        "a.example, A.Example., 80, true",
        "a.example, b.a.example, 80, false",
        ".a.example, b.a.example, 80, true",
        ".a.example, a.example, 80, true",
        "*.a.example, b.a.example, 80, true",
        ".a.example, ba.example, 80, false",
        "a.example:80, a.example, 81, false",
        "a.example:80-90, a.example, 85, true",
        "*:443, x, 443, true",
        "*:443, x, 444, false",
        "[::1]:80, ::1, 80, true",
        "10.0.0.1, 10.0.0.1, 80, true"
    })
    void matchesDestinations(String rule, String host, int port, boolean matches) {
        assertThat(DestinationRule.parse(rule).matches(host, port)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:0", "a:70000", "a:9-8", "http://a", "a/b", "a*b"})
    void refusesWhatIsNoDestination(String text) {
        assertThatThrownBy(() -> DestinationRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: HOST");
    }
}
