// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The demonstration itself: starts the programs, fetches twice, compares, reports. */
final class Demo {
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(30);
    /** What the second agent must take from the hosted cache for the demonstration to count as a success. */
    private static final double EXPECTED_HOSTED_SHARE = 0.99;

    private final DemoWorkspace workspace;
    private final int contentVersion;
    private final PrintWriter out;
    private final Deque<PeerdistProcess> processes = new ArrayDeque<>();

    Demo(DemoWorkspace workspace, int contentVersion, PrintWriter out) {
        this.workspace = workspace;
        this.contentVersion = contentVersion;
        this.out = out;
    }

    ExitCode run() throws InterruptedException {
        Thread cleanup = new Thread(this::stopAndDelete, "demo-cleanup");
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            return demonstrate();
        } finally {
            stopAll();
            removeHook(cleanup);
        }
    }

    private ExitCode demonstrate() throws InterruptedException {
        Path logs = workspace.newDirectory("logs");
        say("starting a content server and a hosted cache on loopback");
        URI origin = startDaemon(
                        "content-server",
                        logs,
                        List.of(
                                "content-server",
                                "run",
                                "--root",
                                workspace.root().toString()))
                .get("http");
        URI hostedCache = startDaemon("hosted-cache", logs, List.of("hosted-cache", "run", "--cache-size", "8GiB"))
                .get("http");
        if (origin == null || hostedCache == null) {
            throw new FailureException(ExitCode.INTERNAL, "a program is ready but did not say its http address");
        }
        say("agent A fetches; nobody in the branch has the bytes yet");
        Fetch first = fetchAll("agent-a", logs, origin, hostedCache);
        say("agent B fetches the same; the hosted cache has pulled the blocks from agent A");
        Fetch second = fetchAll("agent-b", logs, origin, hostedCache);
        out.println();
        out.print(FetchTable.render(first, second));
        out.flush();
        return judge(second);
    }

    private ExitCode judge(Fetch second) {
        double share = second.payloadBytes() == 0 ? 1 : (double) second.hostedCacheBytes() / second.payloadBytes();
        if (share < EXPECTED_HOSTED_SHARE) {
            out.printf(
                    "%n  FAILED: agent B took %.2f %% from the hosted cache (expected: 99 %% or more)%n", 100 * share);
            out.flush();
            return ExitCode.WORK_FAILED;
        }
        return ExitCode.OK;
    }

    private Map<String, URI> startDaemon(String name, Path logs, List<String> command) throws InterruptedException {
        Path data = workspace.newDirectory(name);
        List<String> common = List.of(
                "--data-dir", data.toString(), "--bind", "127.0.0.1", "--http-port", "0", "--management-port", "0");
        return start(name, logs, join(command, common)).awaitReady();
    }

    private Fetch fetchAll(String agent, Path logs, URI origin, URI hostedCache) throws InterruptedException {
        Path data = workspace.newDirectory(agent);
        Path target = workspace.newDirectory(agent + "-files").resolve("fetched");
        Fetch total = Fetch.NOTHING;
        int number = 0;
        for (Path file : workspace.files()) {
            List<String> lines = start(
                            agent + "-" + number++,
                            logs,
                            List.of(
                                    "get",
                                    urlOf(origin, file),
                                    "--hosted-cache",
                                    hostedCache.getAuthority(),
                                    "--content-version",
                                    Integer.toString(contentVersion),
                                    "--data-dir",
                                    data.toString(),
                                    "--bind",
                                    "127.0.0.1",
                                    "-o",
                                    target.toString(),
                                    "--json"))
                    .awaitSuccess(FETCH_LIMIT);
            compare(agent, file, target);
            total = total.plus(FetchJson.parse(lines));
        }
        return total;
    }

    private void compare(String agent, Path file, Path fetched) {
        String expected = sha256(file);
        String actual = sha256(fetched);
        if (!expected.equals(actual)) {
            throw new FailureException(
                    ExitCode.WORK_FAILED,
                    agent + " got other bytes of " + file + ": SHA-256 " + actual + " (expected: " + expected + ")");
        }
        if (workspace.files().size() == 1) {
            say("  sha-256 " + actual + " as at the origin");
        }
        try {
            Files.delete(fetched);
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot delete " + fetched + ": " + e.getMessage());
        }
    }

    private PeerdistProcess start(String name, Path logs, List<String> arguments) {
        PeerdistProcess process = PeerdistProcess.start(name, logs, arguments);
        synchronized (processes) {
            processes.push(process);
        }
        return process;
    }

    private String urlOf(URI origin, Path file) {
        try {
            String path = "/" + workspace.root().relativize(file);
            return new URI("http", origin.getAuthority(), path, null, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot make a URL of " + file + ": " + e.getMessage());
        }
    }

    private void stopAndDelete() {
        stopAll();
        workspace.close();
    }

    private void stopAll() {
        synchronized (processes) {
            while (!processes.isEmpty()) {
                processes.pop().close();
            }
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The virtual machine is stopping and runs the hook.
            assert hook.isAlive() || hook.getState() == Thread.State.TERMINATED : e;
        }
    }

    private static List<String> join(List<String> first, List<String> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1024 * 1024];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot read " + file + ": " + e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
