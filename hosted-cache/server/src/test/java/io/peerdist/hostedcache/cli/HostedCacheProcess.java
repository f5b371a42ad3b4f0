// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.conformance.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code hosted-cache ...} in a virtual machine of its own. */
final class HostedCacheProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("(https?|management)=(\\S+):(\\d+)");

    private final Process process;
    private final Path errors;
    private String ready = "";

    HostedCacheProcess(Path directory, String... arguments) throws IOException {
        errors = Files.createTempFile(directory, "stderr", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HostedCacheMain.class.getName()));
        command.addAll(Arrays.asList(arguments));
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    /** A daemon on ports of its own choice, once it is ready. */
    static HostedCacheProcess run(Path directory, Path data, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--data-dir",
                data.toString(),
                "--http-port",
                "0",
                "--bind",
                "127.0.0.1",
                "--management-port",
                "0",
                "--cache-size",
                "64MiB"));
        arguments.addAll(Arrays.asList(more));
        HostedCacheProcess started = new HostedCacheProcess(directory, arguments.toArray(String[]::new));
        BufferedReader output =
                new BufferedReader(new InputStreamReader(started.process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null || !line.startsWith("ready ")) {
            throw new AssertionError("not ready: " + line + "\n" + started.errors());
        }
        started.ready = line;
        return started;
    }

    InetSocketAddress address(String name) {
        Matcher matcher = ADDRESS.matcher(ready);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return new InetSocketAddress(matcher.group(2), Integer.parseInt(matcher.group(3)));
            }
        }
        throw new AssertionError(name + " not in: " + ready);
    }

    String managementUrl() {
        return "http://127.0.0.1:" + address("management").getPort();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGTERM. */
    int stop() {
        process.destroy();
        return exitCode();
    }

    int exitCode() {
        try {
            if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + Await.LIMIT);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
