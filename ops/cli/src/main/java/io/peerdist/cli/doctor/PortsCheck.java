// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks whether the ports of the daemons are free, or who holds them. Each is listened on for a moment. */
final class PortsCheck implements Check {
    private static final int FIRST_UNPRIVILEGED = 1_024;

    private final Machine machine;
    private final List<WantedPort> wanted;

    PortsCheck(Machine machine, List<WantedPort> wanted) {
        this.machine = machine;
        this.wanted = List.copyOf(wanted);
    }

    @Override
    public String name() {
        return "ports";
    }

    @Override
    public List<Finding> run() throws IOException {
        List<SocketTable.Listening> table = SocketTable.read(machine.proc());
        List<Finding> findings = new ArrayList<>();
        for (WantedPort each : wanted) {
            if (each.port() == 0) {
                findings.add(any(each));
            } else {
                findings.add(look(each, table));
            }
        }
        return findings;
    }

    private static Finding any(WantedPort port) {
        String name = "port any/" + port.transport().label() + " (" + port.use() + ")";
        if (port.bind().getAddress().isLoopbackAddress()) {
            return Finding.ok(name, "any free port of this machine alone");
        }
        return Finding.hint(
                name,
                "another one at each start, which no firewall can let in by number",
                "Without a firewall that is well. With one, set " + port.key() + " (say 8082) and let it in.");
    }

    private Finding look(WantedPort port, List<SocketTable.Listening> table) throws IOException {
        Optional<SocketTable.Listening> held = table.stream()
                .filter(each -> each.transport() == port.transport() && each.port() == port.port())
                .filter(each -> port.meets(each.address()))
                .findFirst();
        Optional<ProcessTable.Owner> owner = held.isEmpty()
                ? Optional.empty()
                : new ProcessTable(machine.proc()).owner(held.get().inode());
        if (owner.isPresent() && owner.get().runs(port.daemon())) {
            return Finding.ok(name(port), "held by " + owner.get().label());
        }
        String holder = owner.map(ProcessTable.Owner::label).orElse("a program that only root sees");
        try {
            listen(port);
        } catch (SocketException e) {
            return refused(port, e, held.isPresent(), owner.isPresent(), holder);
        }
        return Finding.ok(name(port), held.isEmpty() ? "free" : "shared with " + holder);
    }

    private static Finding refused(WantedPort port, SocketException e, boolean held, boolean known, String holder) {
        String text = String.valueOf(e.getMessage());
        if (held && !known) {
            return Finding.hint(
                    name(port),
                    "held by " + holder,
                    "Run this as root to see by which: sudo peerdist doctor. If it is not peerdist " + port.daemon()
                            + ", stop it or set another " + port.key() + ".");
        }
        if (held) {
            return Finding.problem(
                    name(port),
                    "held by " + holder,
                    "Stop it, or set another " + port.key() + "."
                            + (port.shared() ? " It does not share the port (SO_REUSEADDR)." : ""));
        }
        if (text.toLowerCase(Locale.ROOT).contains("permission") && port.port() < FIRST_UNPRIVILEGED) {
            return Finding.hint(
                    name(port),
                    "free, but this user may not listen there",
                    "Give the service the right (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE), or set another "
                            + port.key() + ".");
        }
        String address = port.bind().getAddress().getHostAddress();
        if (e instanceof BindException && text.contains("Cannot assign")) {
            return Finding.problem(
                    name(port),
                    address + " is no address of this machine",
                    "Correct bind of the section " + port.daemon() + "; ip -brief address shows those there are.");
        }
        return Finding.problem(
                name(port), "cannot be listened on at " + address + ": " + text, "Set another " + port.key() + ".");
    }

    private static void listen(WantedPort port) throws IOException {
        InetSocketAddress address = port.bind();
        if (port.transport() == Transport.TCP) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true); // as the daemons do: what lingers of closed connections is not in the way
                socket.bind(address);
            }
        } else if (port.shared()) {
            boolean ipv4 = address.getAddress() instanceof Inet4Address;
            try (DatagramChannel channel =
                    DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(address);
            }
        } else {
            new DatagramSocket(address).close();
        }
    }

    private static String name(WantedPort port) {
        return "port " + port.label();
    }
}
