// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationReaderTest {
    private static final Set<String> SECTIONS = ConfigurationReader.SECTIONS;

    private enum Mode {
        HOSTED,
        ALL_SOURCES
    }

    @TempDir
    private @Nullable Path directory;

    @Test
    void readsEveryKindOfValue() throws IOException {
        ConfigurationReader reader = open("""
                # a comment
                agent:
                  other: daemon
                hosted-cache:
                  name: "branch: 7"
                  port: 8080
                  fast: true
                  cache-size: 10GiB
                  age: 28d
                  peer: "[::1]:80"
                  peers: [a:1, "b:2"]
                  directory: /var/lib/peerdist
                  mode: all-sources
                """);
        ConfigurationSection section = reader.section("hosted-cache");

        assertThat(section.string("name", "")).isEqualTo("branch: 7");
        assertThat(section.integer("port", 1, 0, 65_535)).isEqualTo(8080);
        assertThat(section.bool("fast", false)).isTrue();
        assertThat(section.dataSize("cache-size", 1, 0, Long.MAX_VALUE)).isEqualTo(10L << 30);
        assertThat(section.duration("age", Duration.ZERO, Duration.ZERO, Duration.ofDays(100)))
                .isEqualTo(Duration.ofDays(28));
        assertThat(section.hostPort("peer")).contains(new HostPort("::1", 80));
        assertThat(section.hostPorts("peers")).containsExactly(new HostPort("a", 1), new HostPort("b", 2));
        assertThat(section.requiredPath("directory")).isEqualTo(Path.of("/var/lib/peerdist"));
        assertThat(section.enumeration("mode", Mode.class, Mode.HOSTED)).isEqualTo(Mode.ALL_SOURCES);
        reader.finish();
    }

    @Test
    void givesDefaultsForWhatIsNotThere() throws IOException {
        for (String yaml : List.of("", "# nothing\n", "hosted-cache:\n", "---\nagent: {x: 1}\n")) {
            ConfigurationReader reader = open(yaml);
            ConfigurationSection section = reader.section("hosted-cache");

            assertThat(section.integer("port", 7, 0, 10)).isEqualTo(7);
            assertThat(section.hostPorts("peers")).isEmpty();
            assertThat(section.optionalString("name")).isEmpty();
            reader.finish();
        }
    }

    @Test
    void readsNoFileAtAll() {
        ConfigurationReader reader = ConfigurationReader.open(null, SECTIONS, SettingOverrides.none());

        assertThat(reader.section("agent").string("name", "d")).isEqualTo("d");
        reader.finish();
    }

    @Test
    void reportsAllProblemsAtOnceWithTheirLines() throws IOException {
        ConfigurationReader reader = open("""
                hosted-cache:
                  cach-size: 1GiB
                  port: 99999
                  fast: perhaps
                  age: soon
                  port: 2
                  mode: alone
                  list: {a: b}
                  empty:
                hosted-cash: {}
                strange: {}
                """);
        ConfigurationSection section = reader.section("hosted-cache");
        section.dataSize("cache-size", 1, 1 << 20, 1L << 40);
        section.integer("port", 1, 0, 65_535);
        section.bool("fast", false);
        section.duration("age", Duration.ZERO, Duration.ofSeconds(1), Duration.ofDays(1));
        section.enumeration("mode", Mode.class, Mode.HOSTED);
        section.string("list", "");
        section.string("empty", "");
        section.requiredString("secret-file");

        FailureException failure = catchThrowableOfType(FailureException.class, reader::finish);

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        String file = file().toString();
        assertThat(failure.sentence().lines())
                .containsExactly(
                        "configuration: 11 problems",
                        "  hosted-cache.secret-file: missing (expected: in the file or as an option)",
                        "  " + file + ":2: unknown key: hosted-cache.cach-size (did you mean \"cache-size\"?)",
                        "  " + file + ":3: hosted-cache.port: \"99999\" (expected: a number from 0 to 65535)",
                        "  " + file + ":4: hosted-cache.fast: \"perhaps\" (expected: true or false)",
                        "  " + file
                                + ":5: hosted-cache.age: time: \"soon\" (expected: a time such as 250ms, 15s, 2m, 6h or 28d)",
                        "  " + file + ":6: port: twice (expected: once, see line 3)",
                        "  " + file + ":7: hosted-cache.mode: \"alone\" (expected: one of hosted, all-sources)",
                        "  " + file + ":8: hosted-cache.list: has a mapping (expected: a value)",
                        "  " + file + ":9: hosted-cache.empty: has no value (expected: a value)",
                        "  " + file + ":10: unknown section: hosted-cash (did you mean \"hosted-cache\"?)",
                        "  " + file + ":11: unknown section: strange (expected: agent, content-server, hosted-cache)");
    }

    @Test
    void checksBoundsIncludingTheirEnds() throws IOException {
        ConfigurationReader reader = open("agent: {low: 1, high: 9, size: 1KiB, over: 10, age: 2s}");
        ConfigurationSection section = reader.section("agent");

        assertThat(section.integer("low", 5, 1, 9)).isEqualTo(1);
        assertThat(section.integer("high", 5, 1, 9)).isEqualTo(9);
        assertThat(section.dataSize("size", 0, 1024, 1024)).isEqualTo(1024);
        assertThat(section.integer("over", 5, 1, 9)).isEqualTo(5);
        assertThat(section.duration("age", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)))
                .isEqualTo(Duration.ZERO);

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessageContaining("agent.over: \"10\" (expected: a number from 1 to 9)")
                .withMessageContaining("agent.age: \"2s\" (expected: a time from 0s to 1s)");
    }

    @Test
    void letsOptionsWinOverTheFile() throws IOException {
        SettingOverrides overrides = new SettingOverrides()
                .put("agent.size", "--cache-size", new DataSize(2048))
                .put("agent.name", "--name", null)
                .putAll("agent.peers", "--hosted-cache", List.of(new HostPort("c", 3)));
        ConfigurationReader reader = open("agent: {size: 1KiB, name: file, peers: [a:1, b:2]}", overrides);
        ConfigurationSection section = reader.section("agent");

        assertThat(section.dataSize("size", 0, 0, 1 << 20)).isEqualTo(2048);
        assertThat(section.string("name", "")).isEqualTo("file");
        assertThat(section.hostPorts("peers")).containsExactly(new HostPort("c", 3));
        reader.finish();
    }

    @Test
    void namesTheOptionWhoseValueIsWrong() throws IOException {
        SettingOverrides overrides = new SettingOverrides().put("agent.size", "--cache-size", "1KiB");
        ConfigurationReader reader = open("agent: {size: 8MiB}", overrides);
        reader.section("agent").dataSize("size", 0, 1 << 20, 1 << 30);

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessage("configuration: --cache-size: \"1KiB\" (expected: a size from 1MiB to 1GiB)");
    }

    @Test
    void detectsAnOverrideThatNobodyReads() throws IOException {
        ConfigurationReader reader = open("", new SettingOverrides().put("agent.size", "--cache-size", "1"));
        reader.section("agent").string("name", "");

        assertThatIllegalStateException().isThrownBy(reader::finish).withMessageContaining("agent.size");
    }

    @Test
    void letsAComponentAddItsOwnProblems() throws IOException {
        ConfigurationReader reader = open("agent:\n  a: 1\n  b: 2\n");
        ConfigurationSection section = reader.section("agent");
        section.integer("a", 0, 0, 9);
        section.integer("b", 0, 0, 9);
        section.problem("b", "2 (expected: less than a)");

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessage("configuration: " + file() + ":3: agent.b: 2 (expected: less than a)");
    }

    @Test
    void readsSectionsWithinSections() throws IOException {
        ConfigurationReader reader = open("""
                hosted-cache:
                  https-port: 443
                  tls:
                    certificate: /etc/tls.pem
                    ciphers: {first: a}
                  quotas:
                """);
        ConfigurationSection section = reader.section("hosted-cache");

        assertThat(section.integer("https-port", 0, 0, 65_535)).isEqualTo(443);
        assertThat(section.section("tls").path("certificate")).contains(Path.of("/etc/tls.pem"));
        assertThat(section.section("tls").section("ciphers").string("first", ""))
                .isEqualTo("a");
        assertThat(section.section("quotas").integer("offers", 5, 0, 9)).isEqualTo(5);
        assertThat(section.section("absent").optionalString("key")).isEmpty();
        assertThat(section.section("tls")).isSameAs(section.section("tls"));
        reader.finish();
    }

    @Test
    void reportsProblemsOfNestedSectionsWithTheirLines() throws IOException {
        ConfigurationReader reader = open("""
                hosted-cache:
                  tls:
                    certifcate: /etc/tls.pem
                    port: 70000
                    key: {a: b}
                    key: twice
                    inner: {unheard-of: 1}
                  quotas: 7
                  manifest: [a]
                  tsl: {}
                """);
        ConfigurationSection section = reader.section("hosted-cache");
        ConfigurationSection tls = section.section("tls");
        tls.path("certificate");
        tls.integer("port", 1, 0, 65_535);
        tls.string("key", "");
        tls.requiredString("password-file");
        tls.section("inner").string("known", "");
        tls.problem("port", "does not go with the certificate");
        section.problem("tls", "needs an https-port");
        section.section("quotas").integer("offers", 0, 0, 9);
        section.section("manifest").string("url", "");

        String file = file().toString();
        FailureException failure = catchThrowableOfType(FailureException.class, reader::finish);

        assertThat(failure.sentence().lines())
                .containsExactly(
                        "configuration: 11 problems",
                        "  hosted-cache.tls.password-file: missing (expected: in the file or as an option)",
                        "  " + file + ":2: hosted-cache.tls: needs an https-port",
                        "  " + file + ":3: unknown key: hosted-cache.tls.certifcate (did you mean \"certificate\"?)",
                        "  " + file + ":4: hosted-cache.tls.port: \"70000\" (expected: a number from 0 to 65535)",
                        "  " + file + ":4: hosted-cache.tls.port: does not go with the certificate",
                        "  " + file + ":5: hosted-cache.tls.key: has a mapping (expected: a value)",
                        "  " + file + ":6: key: twice (expected: once, see line 5)",
                        "  " + file + ":7: unknown key: hosted-cache.tls.inner.unheard-of (expected: known)",
                        "  " + file + ":8: hosted-cache.quotas: is a single value (expected: keys with values)",
                        "  " + file + ":9: hosted-cache.manifest: is a list (expected: keys with values)",
                        "  " + file + ":10: unknown key: hosted-cache.tsl (did you mean \"tls\"?)");
    }

    @Test
    void refusesASectionWhereAValueShouldBe() throws IOException {
        ConfigurationReader reader = open("agent:\n  name: {first: a}\n");
        reader.section("agent").string("name", "");

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessage("configuration: " + file() + ":2: agent.name: has a mapping (expected: a value)");
    }

    @Test
    void letsOptionsReachNestedKeys() throws IOException {
        SettingOverrides overrides = new SettingOverrides()
                .put("agent.tls.port", "--tls-port", 7)
                .put("agent.tls.inner.name", "--name", "option")
                .put("agent.tls.wrong", "--wrong", "x");
        ConfigurationReader reader = open("agent: {tls: {port: 5, inner: {name: file}}}", overrides);
        ConfigurationSection tls = reader.section("agent").section("tls");

        assertThat(tls.integer("port", 0, 0, 9)).isEqualTo(7);
        assertThat(tls.section("inner").string("name", "")).isEqualTo("option");
        tls.integer("wrong", 0, 0, 9);

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessage("configuration: --wrong: \"x\" (expected: a number from 0 to 9)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent.tls.port", "agent.other.port", "agent.tls.inner.port"})
    void detectsANestedOverrideThatNobodyReads(String key) throws IOException {
        ConfigurationReader reader = open("", new SettingOverrides().put(key, "--port", "1"));
        reader.section("agent").section("tls").string("name", "");

        assertThatIllegalStateException().isThrownBy(reader::finish).withMessageContaining(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent: [unclosed",
                "agent: {a: 1",
                "agent:\n\tport: 1",
                "a: *nowhere",
                "a: 1\n---\nb: 2\n",
                "\"open",
                "agent: {path: \"a\\u",
                "agent: {path: \"\\UFFFFFFFF\"}",
                "%YAML 9.9\n---\na: 1"
            })
    void saysWhereTheTextIsNoYaml(String yaml) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> open(yaml))
                .withMessageStartingWith("configuration: " + file() + ":")
                .withMessageContaining("not YAML");
    }

    @ParameterizedTest
    @ValueSource(strings = {"just text", "- a\n- b", "agent: text", "agent: [1]", "? [a, b]\n: c"})
    void refusesYamlOfAnotherShape(String yaml) throws IOException {
        ConfigurationReader reader = open(yaml);

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessageContaining(":1: ")
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION));
    }

    @Test
    void refusesTextMadeToExplode() {
        StringBuilder bomb = new StringBuilder("agent:\n  a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("  a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
        }
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> open(bomb.toString()))
                .withMessageContaining("aliases");
    }

    @Test
    void refusesTextNestedTooDeep() {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> open("agent: " + "[".repeat(200_000)))
                .withMessageContaining(":1: nested deeper than 16 levels");
    }

    @Test
    void limitsTheProblemsItShows() throws IOException {
        StringBuilder yaml = new StringBuilder("agent:\n");
        for (int i = 0; i < 80; i++) {
            yaml.append("  k" + i + ": 1\n");
        }
        ConfigurationReader reader = open(yaml.toString());
        reader.section("agent").string("something", "");

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessageContaining("80 problems")
                .withMessageEndingWith("and 30 more");
    }

    @Test
    void readsListsOfSections() throws IOException {
        ConfigurationReader reader = open("""
                agent:
                  limits:
                    - days: mon
                      send: 1
                    - {days: tue}
                """);
        ConfigurationSection agent = reader.section("agent");
        List<ConfigurationSection> limits = agent.sections("limits");
        assertThat(limits).extracting(each -> each.requiredString("days")).containsExactly("mon", "tue");
        assertThat(limits).extracting(each -> each.integer("send", 0, 0, 9)).containsExactly(1, 0);
        assertThat(agent.sections("others")).isEmpty();
        reader.finish();
    }

    @Test
    void tellsWhatIsWrongInListsOfSections() throws IOException {
        ConfigurationReader reader = open("""
                agent:
                  limits:
                    - days: mon
                      sent: 1
                    - tue
                  others: 7
                """);
        reader.section("agent").sections("limits").forEach(each -> each.optionalString("days"));
        reader.section("agent").sections("others");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(reader::finish)
                .withMessageContaining(":4: unknown key: agent.limits[1].sent (expected: days)")
                .withMessageContaining(":5: agent.limits[2]: is a single value (expected: keys with values)")
                .withMessageContaining(":6: agent.others: is no list");
    }

    @Test
    void saysWhatToDoAboutAFileThatCannotBeRead() throws IOException {
        Path missing = file().resolveSibling("missing.yaml");
        assertFails(missing, missing + ": no such file; create it, or leave the option --config out");
        assertFails(file().getParent(), "is a directory; name a file");
        assertFails(Files.write(file(), new byte[(1 << 20) + 1]), "1048577 bytes (expected:");
        assertFails(Files.write(file(), new byte[] {(byte) 0xC3, 0x28}), "is not UTF-8 text");
    }

    private static void assertFails(@Nullable Path file, String words) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> ConfigurationReader.open(file, SECTIONS, SettingOverrides.none()))
                .withMessageContaining(words)
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION));
    }

    private Path file() {
        return Objects.requireNonNull(directory).resolve("peerdist.yaml");
    }

    private ConfigurationReader open(String yaml) throws IOException {
        return open(yaml, SettingOverrides.none());
    }

    private ConfigurationReader open(String yaml, SettingOverrides overrides) throws IOException {
        return ConfigurationReader.open(Files.writeString(file(), yaml), SECTIONS, overrides);
    }
}
