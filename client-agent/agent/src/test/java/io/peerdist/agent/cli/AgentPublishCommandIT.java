// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.JsonReader;
import io.peerdist.runtime.cli.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentPublishCommandIT {
    private static final int BYTES = 3_000_000;

    @TempDir
    private Path directory;

    private final byte[] content = TestContent.random(BYTES, 17);
    private TestOrigin origin;
    private Path file;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws IOException {
        origin = new TestOrigin(content);
        file = Files.write(directory.resolve("setup.bin"), content);
    }

    @AfterEach
    void stop() {
        origin.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void hasTheRunningAgentTakeAFile(int version) throws IOException {
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            String management = startAgent(components);
            String[] publish = {
                "--url", url(), "--content-version", Integer.toString(version), "--management", management
            };

            assertThat(publish(publish)).as(err).isZero();
            assertThat(out)
                    .startsWith(
                            "2.9 MiB of 2.9 MiB match " + url() + " and are in the cache of the agent; over the WAN")
                    .contains("of content information and nothing of the file");
            assertThat(run("status", "--json", "--management", management)).isZero();
            assertThat(out).containsPattern("\"segments\":[1-9]").contains("\"blocks\":");

            assertThat(publish(publish)).isZero();
            assertThat(out).contains(", 2.9 MiB of them before");
        }
        assertThat(origin.payloadBytes).as("octets of the file over the WAN").hasValue(0);
        GetRun get = new GetRun();
        assertThat(get.get(
                        directory,
                        false,
                        url(),
                        "--data-dir",
                        directory.resolve("agent").toString(),
                        "-o",
                        directory.resolve("copy").toString(),
                        "--content-version",
                        Integer.toString(version)))
                .as(get.err.toString())
                .isZero();
        assertThat(directory.resolve("copy")).hasBinaryContent(content);
        assertThat(origin.payloadBytes).hasValue(0);
    }

    @Test
    void keepsWhatMatchesOfAnotherVersion() throws IOException {
        byte[] other = content.clone();
        Arrays.fill(other, BYTES / 2, BYTES, (byte) 0);
        Files.write(file, other);

        assertThat(publish("--url", url(), "--content-version", "1", "--json", "--data-dir", store()))
                .isZero();

        Map<?, ?> told = JsonReader.object(out.strip());
        assertThat(told.get("cache")).isEqualTo("own");
        long matched = BYTES / 2 / 65_536 * 65_536L;
        assertThat(String.valueOf(told.get("report")))
                .contains("matchedBytes=" + matched + ",", "differentBytes=" + (BYTES - matched) + ",");
    }

    @Test
    void takesAFileThatIsShorter() throws IOException {
        Files.write(file, Arrays.copyOf(content, 65_536 * 3 + 5));

        assertThat(publish("--url", url(), "--content-version", "1", "--data-dir", store()))
                .isZero();
        assertThat(out).startsWith("192.0 KiB of 2.9 MiB match").contains("the server has another version of the file");
    }

    @Test
    void failsWhenNothingMatches() throws IOException {
        Files.write(file, TestContent.random(BYTES, 18));

        assertThat(publish("--url", url(), "--data-dir", store())).isEqualTo(1);
        assertThat(err).contains("nothing of " + file + " is what " + url() + " has");
        assertThat(out).isEmpty();
    }

    @Test
    void needsNoAgentAndOffersToHostedCaches() throws IOException {
        try (TestHostedCache cache = new TestHostedCache()) {
            assertThat(publish(
                            "--url",
                            url(),
                            "--content-version",
                            "2",
                            "--data-dir",
                            store(),
                            "--bind",
                            "127.0.0.1",
                            "--hosted-cache",
                            cache.hostPort().toString()))
                    .as(err)
                    .isZero();
            int segments = TestContent.information(content, 2).segments().size();
            assertThat(cache.offered).hasSize(segments);
            assertThat(out).contains("hosted caches pulled " + segments + " of " + segments + " segments offered");
        }
        assertThat(origin.payloadBytes).hasValue(0);
    }

    @Test
    void saysThatTheOriginGivesNoContentInformation() throws IOException {
        origin.speaksPeerDist = false;
        assertThat(publish("--url", url(), "--data-dir", store())).isEqualTo(3);
        assertThat(err).contains("it does not speak PeerDist");

        origin.status = 404;
        assertThat(publish("--url", url(), "--data-dir", store())).isEqualTo(3);
        assertThat(err).contains("404 (not found)");
    }

    @Test
    void waitsForAnOriginThatIsHashing() throws IOException {
        origin.notHashedYet.set(2);

        assertThat(publish("--url", url(), "--data-dir", store())).as(err).isZero();
    }

    @Test
    void passesOnWhatFailsInTheAgent() throws IOException {
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            String management = startAgent(components);
            origin.hashAnswers.set(1); // the command's own question is answered, the agent's is not

            assertThat(publish("--url", url(), "--management", management)).isEqualTo(3);
            assertThat(err).contains("it does not speak PeerDist");
        }
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() throws IOException {
        assertThat(publish("--url", "ftp://x/y", "--data-dir", store())).isEqualTo(2);
        assertThat(publish("--url", url(), "--content-version", "3", "--data-dir", store()))
                .isEqualTo(2);
        assertThat(err).contains("--content-version: 3");
        assertThat(run("publish", directory.toString(), "--url", url(), "--data-dir", store()))
                .isEqualTo(2);
        assertThat(err).contains("no file that can be read");
        assertThat(run("publish", file.toString())).isEqualTo(2);
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(publish("--url", url(), "--management", "http://127.0.0.1:" + free))
                .isEqualTo(1);
        assertThat(err).contains("no agent answers");
    }

    private String url() {
        return origin.url("/setup.bin").toString();
    }

    private String store() {
        return directory.resolve("store").toString();
    }

    private String startAgent(Components components) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        AgentSettings settings = AgentSettings.of(directory.resolve("agent"), 64 << 20, List.of(), any);
        AgentRunCommand.start(new AgentConfiguration(settings, ServingSettings.DEFAULT, "127.0.0.1", 0), components);
        return "http://" + components.readyLine().replaceFirst(".*management=", "");
    }

    private int publish(String... arguments) {
        List<String> line = new ArrayList<>(List.of("publish", file.toString()));
        line.addAll(List.of(arguments));
        return run(line.toArray(String[]::new));
    }

    private int run(String... arguments) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int code = CommandLines.create(new AgentCommand())
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(errors))
                .execute(arguments);
        out = output.toString();
        err = errors.toString();
        return code;
    }
}
