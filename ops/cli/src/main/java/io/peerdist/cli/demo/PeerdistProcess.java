// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One {@code peerdist} program, started from the same class path as this one. Its standard output goes to a file that
 * the parent reads, its standard error to another that is shown when it fails. Not thread-safe.
 */
final class PeerdistProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int SHOWN_ERROR_LINES = 20;

    private final String name;
    private final Process process;
    private final Path output;
    private final Path errors;

    private PeerdistProcess(String name, Process process, Path output, Path errors) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts {@code peerdist arguments...}; its output files are made in {@code logs}. */
    static PeerdistProcess start(String name, Path logs, List<String> arguments) {
        Path output = logs.resolve(name + ".out");
        Path errors = logs.resolve(name + ".err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(memoryFlags());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("io.peerdist.cli.Peerdist");
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new PeerdistProcess(name, process, output, errors);
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot start " + name + ": " + e.getMessage());
        }
    }

    /** Waits for the line {@code ready ...} and gives its addresses by name: {@code http}, {@code management}. */
    Map<String, URI> awaitReady() throws InterruptedException {
        for (long waited = 0; waited < START_LIMIT.toMillis(); waited += POLL.toMillis()) {
            for (String line : lines(output)) {
                if (line.startsWith("ready ")) {
                    return Stream.of(line.substring("ready ".length()).split(" "))
                            .map(part -> part.split("=", 2))
                            .collect(Collectors.toMap(part -> part[0], part -> URI.create("http://" + part[1])));
                }
            }
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed("ended with exit code " + process.exitValue() + " before it was ready");
            }
        }
        throw failed("was not ready after " + START_LIMIT.toSeconds() + " s");
    }

    /** Waits for the program to end well and gives the lines of its standard output. */
    List<String> awaitSuccess(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failed("did not end within " + limit.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw failed("ended with exit code " + process.exitValue());
        }
        return lines(output);
    }

    /** Ends the program as a power cut would: with no chance to do anything. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private FailureException failed(String what) {
        List<String> lines = lines(errors);
        String tail = String.join(
                System.lineSeparator(), lines.subList(Math.max(0, lines.size() - SHOWN_ERROR_LINES), lines.size()));
        return new FailureException(
                ExitCode.WORK_FAILED, name + " " + what + (tail.isEmpty() ? "" : "; it said:\n" + tail));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot read " + file + ": " + e.getMessage());
        }
    }

    /** The children get the memory limits and options that this program was started with. */
    private static List<String> memoryFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-X") || flag.startsWith("--enable-native-access"))
                .filter(flag -> !flag.startsWith("-Xrun"))
                .toList();
    }
}
