// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/** Any file is read, or refused with what is wrong in it. */
final class ConfigurationFuzzTest {
    /** The parser makes tokens, events and nodes, each with its mark, of single characters. */
    private static final BoundedDecoding DECODING =
            new BoundedDecoding(FailureException.class, 1 << 20, 16_384).ofText();

    private static Path directory;

    private enum Mode {
        STORE,
        REFUSE
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "hosted-cache:\n  cache-size: 10GiB\n  http-port: 8081\n  mode: store\n",
                        "hosted-cache: {path: /var/lib, idle: 15s, peers: [a:1, \"[::1]:2\"], on: true}\nagent:\n",
                        "hosted-cache: &a {cach-size: 1}\nagent: *a\nunknown: 3\n",
                        "- 1\n- {a: 2}\n",
                        "? [a]\n: |\n  text\n",
                        "hosted-cache: {path: \"a\\0b\", idle: 99999999999d}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeAll
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("configuration-fuzz");
    }

    @AfterAll
    static void deleteDirectory() throws IOException {
        Files.deleteIfExists(directory.resolve("peerdist.yaml"));
        Files.delete(directory);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) throws IOException {
        Path file = Files.write(directory.resolve("peerdist.yaml"), input);
        DECODING.of(input.length, () -> {
            ConfigurationReader reader =
                    ConfigurationReader.open(file, Set.of("hosted-cache", "agent"), SettingOverrides.none());
            ask(reader.section("hosted-cache"));
            reader.finish();
            return reader;
        });
    }

    private static void ask(ConfigurationSection section) {
        section.dataSize("cache-size", 1, 0, Long.MAX_VALUE);
        section.integer("http-port", 0, -1, 65_535);
        section.enumeration("mode", Mode.class, Mode.STORE);
        section.path("path");
        section.duration("idle", Duration.ZERO, Duration.ZERO, Duration.ofDays(365));
        section.hostPorts("peers");
        section.bool("on", false);
        section.strings("names", List.of());
    }
}
