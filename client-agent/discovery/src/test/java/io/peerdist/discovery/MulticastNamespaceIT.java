// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peerdist.conformance.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Real multicast between two network namespaces that are made here and joined by a cable of their own, so that no packet
 * leaves the machine. Skipped, with the reason, where namespaces cannot be made: it takes root and {@code ip}.
 */
final class MulticastNamespaceIT {
    private static final int START_LIMIT_SECONDS = 60;
    private static final String BOTH_FAMILIES = "(?=.*cable/10\\.77\\.1\\.)(?=.*cable/fe80:).*";

    private final String suffix = Long.toString(ProcessHandle.current().pid());
    private final String first = "pd1-" + suffix;
    private final String second = "pd2-" + suffix;
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();

    /** A {@link DiscoveryNode} in a JVM of its own. */
    private static final class Node {
        private final Process process;
        private final Writer orders;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(1_000);

        Node(Process process) {
            this.process = process;
            orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        }

        void read() {
            Thread reader = new Thread(
                    () -> new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                            .lines()
                            .filter(line -> line.matches("(ready|found|networks).*"))
                            .forEach(lines::add),
                    "node-output");
            reader.setDaemon(true);
            reader.start();
        }

        String next() throws InterruptedException {
            String line = lines.poll(START_LIMIT_SECONDS, TimeUnit.SECONDS);
            return line == null ? "nothing within " + START_LIMIT_SECONDS + " s" : line;
        }

        String order(String line) throws IOException, InterruptedException {
            orders.write(line + "\n");
            orders.flush();
            return next();
        }
    }

    @AfterEach
    void removeEverything() throws IOException, InterruptedException {
        for (Node each : nodes) {
            each.orders.close();
            if (!each.process.waitFor(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                each.process.destroyForcibly();
            }
        }
        for (String each : namespaces) {
            run("ip", "netns", "del", each);
        }
    }

    @Test
    void findsPeersByMulticastAndFollowsTheInterfaces() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "skipped: this kernel has no IPv6");
        assumeTrue(
                makeNamespaces() && plug("cable", "10.77.1", "fd77:1") && plug("other", "10.77.2", "fd77:2"),
                "skipped: network namespaces with interfaces cannot be made here (it takes root and the command ip)");
        Node holder = start(first, "3", "other");
        Node seeker = start(second, "4");
        assertThat(holder.next()).isEqualTo("ready");
        assertThat(seeker.next()).isEqualTo("ready");

        for (Node each : List.of(holder, seeker)) {
            Await.until("both address families are there", () -> networks(each).matches(BOTH_FAMILIES));
        }

        // Both addresses of the cable's other end, and nothing over the interface that the holder leaves out.
        for (String version : List.of("V1", "V2")) {
            assertThat(seeker.order("search " + version + " 3 2"))
                    .matches("found 10\\.77\\.1\\.1\\|8080 fe80:[0-9a-f:]+%\\w+\\|8080");
        }
        assertThat(holder.order("search V1 3 1")).as("its own segments").isEqualTo("found ");

        // The interfaces go and come while the nodes run.
        assertThat(run("ip", "-n", second, "link", "set", "cable", "down")).isTrue();
        Await.until("the cable is seen to be gone", () -> !networks(seeker).contains("cable/"));
        assertThat(run("ip", "-n", second, "link", "set", "cable", "up")).isTrue();
        Await.until("the cable is seen to be back", () -> networks(seeker).contains("cable/10.77.1.2"));
        assertThat(seeker.order("search V1 3 1")).startsWith("found ").contains("|8080");
    }

    private static String networks(Node node) {
        try {
            return node.order("networks");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private boolean makeNamespaces() throws IOException, InterruptedException {
        for (String each : List.of(first, second)) {
            if (!run("ip", "netns", "add", each)) {
                return false;
            }
            namespaces.add(each);
            // A Java machine that starts where no interface has IPv6 does without it for good.
            run("ip", "-n", each, "link", "set", "lo", "up");
            // Spares the wait for duplicates of link-local addresses, in which they cannot be used yet.
            run("ip", "netns", "exec", each, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad");
            run("ip", "netns", "exec", each, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
        }
        return run("ip", "netns", "exec", first, "true");
    }

    /** A pair of interfaces of this name, one in each namespace; false where there can be none. */
    private boolean plug(String name, String ipv4, String ipv6) throws InterruptedException {
        boolean plugged =
                run("ip", "-n", first, "link", "add", name, "type", "veth", "peer", "name", name, "netns", second);
        int host = 1;
        for (String each : List.of(first, second)) {
            plugged = plugged
                    && run("ip", "-n", each, "addr", "add", ipv4 + "." + host + "/24", "dev", name)
                    && run("ip", "-n", each, "addr", "add", ipv6 + "::" + host + "/64", "dev", name, "nodad")
                    && run("ip", "-n", each, "link", "set", name, "up");
            host++;
        }
        return plugged;
    }

    private Node start(String namespace, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DiscoveryNode.class.getName()));
        command.addAll(List.of(arguments));
        Node node = new Node(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        node.read();
        nodes.add(node);
        return node;
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(START_LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }
}
