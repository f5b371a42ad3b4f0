// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@link ChildDaemon} in a virtual machine of its own, since it is ended by signals. */
class DaemonRunnerIT {
    @TempDir
    private @Nullable Path directory;

    private @Nullable Process process;

    @AfterEach
    void endTheChild() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void printsTheReadyLineAndEndsWith0OnASignal(String signal) throws Exception {
        Process child = start("serve");
        BufferedReader output = child.inputReader(StandardCharsets.UTF_8);
        String ready = output.readLine();

        signal(child, signal);

        assertThat(ready).matches("ready http=127\\.0\\.0\\.1:\\d+ management=\\[::1]:\\d+");
        assertThat(exitCode(child)).isZero();
        assertThat(output.readLine())
                .as("anything but the ready line on standard output")
                .isNull();
        assertThat(log()).contains("closed management").contains("closed http").contains("closed first");
        assertThat(log().indexOf("closed management")).isLessThan(log().indexOf("closed http"));
        assertThat(log().indexOf("closed http")).isLessThan(log().indexOf("closed first"));
    }

    @Test
    void endsWith0EvenWhenAPartDoesNotClose() throws Exception {
        Process child = start("stuck");
        assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("ready");

        signal(child, "TERM");

        assertThat(exitCode(child)).isZero();
        assertThat(log()).contains("stuck: did not close in").contains("closed first");
    }

    @Test
    void endsWith0WhenTheSignalComesDuringTheStart() throws Exception {
        Process child = start("slow-start");
        Await.until("the start has begun", () -> log().contains("starting"));

        signal(child, "TERM");

        assertThat(exitCode(child)).isZero();
        assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).isNull();
        assertThat(log()).contains("closed first").doesNotContain("peerdist:");
    }

    @Test
    void closesWhatWasStartedWhenAPartCannotStart() throws Exception {
        Process child = start("cannot-bind");

        assertThat(exitCode(child)).isEqualTo(ExitCode.CANNOT_BIND.code());
        assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).isNull();
        assertThat(log()).contains("closed first").contains("peerdist: cannot listen on 127.0.0.1:");
    }

    @Test
    void endsWithTheFailureOfARunningPart() throws Exception {
        Process child = start("fatal");

        assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("ready");
        assertThat(exitCode(child)).isEqualTo(ExitCode.STORE_CORRUPT.code());
        assertThat(log()).contains("closed first").contains("peerdist: the store broke");
    }

    @Test
    void endsWith70AfterADefectDuringTheStart() throws Exception {
        Process child = start("defect");

        assertThat(exitCode(child)).isEqualTo(ExitCode.INTERNAL.code());
        assertThat(log()).contains("closed first").contains("peerdist: unexpected failure");
    }

    @Test
    void logsJsonLinesToStandardErrorOnlyAndQuietly() throws Exception {
        Process child = start("serve");
        BufferedReader output = child.inputReader(StandardCharsets.UTF_8);
        output.readLine();
        signal(child, "TERM");
        exitCode(child);

        assertThat(output.readLine()).isNull();
        assertThat(log().lines()).isNotEmpty().allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(log()).doesNotContain("io.netty").contains("line\\nbreak");
    }

    private Process start(String mode) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                // A shell has its background jobs ignore SIGINT, this build among them, and children would too.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ChildDaemon.class.getName(),
                mode));
        process = new ProcessBuilder(command).redirectError(logFile().toFile()).start();
        return process;
    }

    private static void signal(Process child, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -s " + name + " " + child.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int exitCode(Process child) throws InterruptedException {
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("the child ends").isTrue();
        return child.exitValue();
    }

    private String log() {
        try {
            return Files.readString(logFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path logFile() {
        return Objects.requireNonNull(directory).resolve("stderr");
    }
}
