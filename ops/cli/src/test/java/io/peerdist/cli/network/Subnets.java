// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two subnets, 10.78.1.0/24 and 10.78.2.0/24, and a router between them that forwards no multicast, all of network namespaces
 * and virtual cables: no packet leaves the machine. Hosts are namespaces; closing removes them and ends what runs in them.
 */
final class Subnets implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final Path logs;
    private final String suffix = Long.toString(ProcessHandle.current().pid());
    private final String router = "pdr-" + suffix;
    private final List<String> namespaces = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    Subnets(Path logs) {
        this.logs = logs;
    }

    /** Makes the router and its two subnets; false where that cannot be done: it takes root and the command ip. */
    boolean open() throws InterruptedException {
        boolean made = addNamespace(router);
        for (int subnet : new int[] {1, 2}) {
            String bridge = "br" + subnet;
            made = made
                    && ip("-n", router, "link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
                    && ip("-n", router, "addr", "add", address(subnet, 1) + "/24", "dev", bridge)
                    && ip("-n", router, "link", "set", bridge, "up");
        }
        return made && run("ip", "netns", "exec", router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    }

    static String address(int subnet, int host) {
        return "10.78." + subnet + "." + host;
    }

    private boolean addNamespace(String name) throws InterruptedException {
        if (!ip("netns", "add", name)) {
            return false;
        }
        namespaces.add(name);
        return ip("-n", name, "link", "set", "lo", "up");
    }

    /** A host on a subnet; false where it cannot be made. */
    boolean addHost(int subnet, int host) throws InterruptedException {
        String name = namespace(subnet, host);
        String port = "p" + subnet + "-" + host;
        return addNamespace(name)
                && ip("-n", router, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name)
                && ip("-n", router, "link", "set", port, "master", "br" + subnet, "up")
                && ip("-n", name, "addr", "add", address(subnet, host) + "/24", "dev", "eth0")
                && ip("-n", name, "link", "set", "eth0", "up")
                && ip("-n", name, "route", "add", "default", "via", address(subnet, 1));
    }

    /** Takes multicast away from a host's interface. */
    boolean quiet(int subnet, int host) throws InterruptedException {
        return ip("-n", namespace(subnet, host), "link", "set", "eth0", "multicast", "off");
    }

    private String namespace(int subnet, int host) {
        return "pd" + subnet + host + "-" + suffix;
    }

    /** Runs a class of this class path on a host to its end and returns its standard output. */
    String run(int subnet, int host, Class<?> program, String... arguments) throws IOException, InterruptedException {
        return run(subnet, host, program.getName(), arguments);
    }

    String run(int subnet, int host, String program, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(logs, "run", ".out");
        Process process = start(subnet, host, output, program, arguments);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(List.of(arguments) + ": not over within " + LIMIT_SECONDS + " s");
        }
        return Files.readString(output).trim();
    }

    /** Starts a program on a host, with its standard output in a file. */
    Process start(int subnet, int host, Path output, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                namespace(subnet, host),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(logs.resolve("errors").toFile()))
                .start();
        processes.add(process);
        return process;
    }

    /** What the programs said on standard error, for messages of failed tests. */
    String errors() throws IOException {
        Path file = logs.resolve("errors");
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private static boolean ip(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        try {
            for (Process each : processes) {
                if (!each.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    each.destroyForcibly();
                }
            }
            for (String each : namespaces) {
                ip("netns", "del", each);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted before all namespaces were removed: " + namespaces, e);
        }
    }
}
