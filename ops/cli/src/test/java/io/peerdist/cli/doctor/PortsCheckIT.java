// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsCheckIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    Path proc;

    @Test
    void tellsFreePortsFromHeldOnes() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            port = server.getLocalPort();
            assertThat(look(tcp(LOOPBACK, port))).satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                assertThat(finding.seen())
                        .matches("held by java.* \\(pid "
                                + ProcessHandle.current().pid() + "\\)");
                assertThat(finding.advice()).contains("agent.retrieval-port");
            });
            assertThat(look(tcp(InetAddress.getByName("0.0.0.0"), port)).level())
                    .as("on all addresses")
                    .isEqualTo(Level.PROBLEM);
        }
        assertThat(look(tcp(LOOPBACK, port))).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.seen()).isEqualTo("free");
        });
    }

    @Test
    void seesWhetherADiscoveryPortIsShared() throws IOException {
        try (DatagramSocket alone = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            assertThat(look(udp(alone.getLocalPort()))).satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                assertThat(finding.advice()).contains("SO_REUSEADDR");
            });
        }
        try (DatagramChannel shared = DatagramChannel.open(StandardProtocolFamily.INET)) {
            shared.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            shared.bind(new InetSocketAddress(LOOPBACK, 0));
            int port = ((InetSocketAddress) shared.getLocalAddress()).getPort();
            assertThat(look(udp(port)).seen()).startsWith("shared with java");
        }
    }

    @Test
    void knowsOurOwnDaemons() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            int port = server.getLocalPort();
            recordOwner(port, "/usr/bin/java", "-cp", "x", "io.peerdist.cli.Peerdist", "agent", "run");

            assertThat(lookIn(proc, tcp(LOOPBACK, port))).satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.OK);
                assertThat(finding.seen()).isEqualTo("held by peerdist agent run (pid 4711)");
            });
            recordOwner(port, "/usr/bin/java", "-cp", "x", "io.peerdist.cli.Peerdist", "hosted-cache", "run");
            assertThat(lookIn(proc, tcp(LOOPBACK, port))).satisfies(finding -> {
                assertThat(finding.level()).as("another daemon of ours").isEqualTo(Level.PROBLEM);
                assertThat(finding.seen()).contains("peerdist hosted-cache run");
            });
        }
    }

    @Test
    void hintsAtAHolderThatOnlyRootSees() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            Files.createDirectories(proc.resolve("net"));
            recordSocket(server.getLocalPort());

            assertThat(lookIn(proc, tcp(LOOPBACK, server.getLocalPort()))).satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.HINT);
                assertThat(finding.advice()).contains("sudo");
            });
        }
    }

    @Test
    void seesAnAddressOfAnotherMachine() throws IOException {
        // TEST-NET-1 of RFC 5737, which no machine has.
        assertThat(look(tcp(InetAddress.getByName("192.0.2.1"), 8_082))).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.seen()).contains("192.0.2.1 is no address of this machine");
        });
    }

    @Test
    void hintsThatAFirewallCannotLetInAnyPort() throws IOException {
        assertThat(look(tcp(InetAddress.getByName("0.0.0.0"), 0)).level()).isEqualTo(Level.HINT);
        assertThat(look(tcp(LOOPBACK, 0)).level()).isEqualTo(Level.OK);
    }

    private void recordOwner(int port, String... arguments) throws IOException {
        Path process = Files.createDirectories(proc.resolve("4711/fd"));
        Files.createDirectories(proc.resolve("net"));
        recordSocket(port);
        Files.deleteIfExists(process.resolve("7"));
        Files.createSymbolicLink(process.resolve("7"), Path.of("socket:[815]"));
        Files.writeString(proc.resolve("4711/cmdline"), String.join("\0", arguments) + "\0");
    }

    private void recordSocket(int port) throws IOException {
        Files.writeString(
                proc.resolve("net/tcp"),
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
                        + String.format(
                                "   0: 0100007F:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000"
                                        + "        0 815 1 0000000000000000 100 0 0 10 0%n",
                                port));
    }

    private static WantedPort tcp(InetAddress address, int port) {
        return new WantedPort(
                "agent", "blocks", "agent.retrieval-port", Transport.TCP, new InetSocketAddress(address, port), false);
    }

    private static WantedPort udp(int port) {
        return new WantedPort(
                "agent", "discovery", "discovery.port", Transport.UDP, new InetSocketAddress(LOOPBACK, port), true);
    }

    private static Finding look(WantedPort port) throws IOException {
        return lookIn(Path.of("/proc"), port);
    }

    private static Finding lookIn(Path proc, WantedPort port) throws IOException {
        Machine machine =
                new Machine(Clock.system(), proc, proc, new SystemCommands(Map.of(), Clock.system()::nanoTime));
        return new PortsCheck(machine, List.of(port)).run().get(0);
    }
}
