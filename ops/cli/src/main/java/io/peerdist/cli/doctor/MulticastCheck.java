// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.discovery.message.DiscoveryDecoder;
import io.peerdist.discovery.message.DiscoveryEncoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Sends one probe on each network, for a segment that nobody has, and listens whether this machine hears it. A probe goes
 * one hop, as all probes do: to the machines of the subnet, which do not answer.
 */
final class MulticastCheck implements Check {
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int ID_BYTES = 32;
    private static final int HOPS = 1;
    /** Of a machine with more, the first are enough to see what is wrong. */
    private static final int MAX_NETWORKS = 32;

    private static final byte[] IPV4_GROUP = {(byte) 239, (byte) 255, (byte) 255, (byte) 250};
    private static final byte[] IPV6_GROUP = {(byte) 0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0C};

    private final InterfaceChoice choice;
    private final int port;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;

    MulticastCheck(InterfaceChoice choice, int port, RandomGenerator random, LongSupplier nanoTime) {
        this.choice = choice;
        this.port = port;
        this.random = random;
        this.nanoTime = nanoTime;
    }

    /** A network and the interface that it is on. */
    record On(NetworkInterface system, LocalNetwork network) {}

    @Override
    public String name() {
        return "multicast";
    }

    @Override
    public List<Finding> run() throws IOException {
        List<On> networks = networks(choice);
        List<Finding> findings = new ArrayList<>();
        if (networks.isEmpty()) {
            findings.add(
                    Finding.hint(
                            name(),
                            "no interface that takes part is up and can multicast",
                            "ip -brief address shows those there are; discovery.interfaces and networks.exclude choose among them."));
        }
        for (On each : networks) {
            findings.add(look(each));
        }
        return findings;
    }

    /** Where probes are sent from: each IPv4 address, and the link-local address of each interface. */
    static List<On> networks(InterfaceChoice choice) throws SocketException {
        List<On> found = new ArrayList<>();
        Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
        while (all.hasMoreElements()) {
            NetworkInterface system = all.nextElement();
            if (!system.isUp() || system.isLoopback() || !system.supportsMulticast()) {
                continue;
            }
            for (LocalNetwork network : LocalNetwork.of(system)) {
                boolean probes = network.isIpv4() || network.address().isLinkLocalAddress();
                if (probes && choice.chooses(network) && found.size() < MAX_NETWORKS) {
                    found.add(new On(system, network));
                }
            }
        }
        return found;
    }

    private Finding look(On on) {
        LocalNetwork network = on.network();
        String where = network.label();
        StandardProtocolFamily family = network.isIpv4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (DatagramChannel listening = DatagramChannel.open(family);
                DatagramChannel sending = DatagramChannel.open(family);
                Selector selector = Selector.open()) {
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listening.bind(new InetSocketAddress(port));
            listening.configureBlocking(false);
            try {
                listening.join(group(network), on.system());
            } catch (IOException e) {
                return Finding.problem(
                        name(),
                        where + ": the group of discovery cannot be joined: " + e.getMessage(),
                        "ip link set " + network.interfaceName() + " multicast on; ip maddr show dev "
                                + network.interfaceName() + "; sysctl net.ipv4.igmp_max_memberships.");
            }
            listening.register(selector, SelectionKey.OP_READ);
            sending.setOption(StandardSocketOptions.IP_MULTICAST_IF, on.system());
            sending.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
            sending.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            sending.bind(new InetSocketAddress(network.address(), 0));
            String messageId = "urn:uuid:" + new UUID(random.nextLong(), random.nextLong());
            sending.send(ByteBuffer.wrap(probe(messageId)), groupOn(network));
            return heard(selector, listening, messageId)
                    ? Finding.ok(name(), where + ": sends a probe and hears it")
                    : Finding.problem(
                            name(),
                            where + ": a probe was sent and not heard within " + WAIT.toMillis() + " ms",
                            "Probes of others will not be heard either. Most often a firewall drops UDP port " + port
                                    + " (nft list ruleset); otherwise: ip link set " + network.interfaceName()
                                    + " multicast on.");
        } catch (IOException e) {
            return Finding.problem(
                    name(),
                    where + ": no probe can be sent or heard: " + e.getMessage(),
                    "\"not permitted\": the firewall's output rules (nft list ruleset); \"in use\": another program has UDP port "
                            + port + " for itself (ss -ulnp); \"unreachable\": ip route add 239.0.0.0/8 dev "
                            + network.interfaceName() + ".");
        }
    }

    private boolean heard(Selector selector, DatagramChannel listening, String messageId) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(DiscoveryDecoder.MAX_MESSAGE_BYTES);
        long end = nanoTime.getAsLong() + WAIT.toNanos();
        for (long left = WAIT.toMillis(); left > 0; left = (end - nanoTime.getAsLong()) / 1_000_000) {
            selector.select(left);
            selector.selectedKeys().clear();
            while (listening.receive(buffer.clear()) != null) {
                if (UTF_8.decode(buffer.flip()).toString().contains(messageId)) {
                    return true;
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return false;
    }

    private byte[] probe(String messageId) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return DiscoveryEncoder.encode(new Probe(messageId, DiscoveryVersion.V2, List.of(SegmentId.of(id))));
    }

    private static InetAddress group(LocalNetwork network) throws UnknownHostException {
        return InetAddress.getByAddress(network.isIpv4() ? IPV4_GROUP : IPV6_GROUP);
    }

    private InetSocketAddress groupOn(LocalNetwork network) throws UnknownHostException {
        return new InetSocketAddress(
                network.isIpv4()
                        ? group(network)
                        : Inet6Address.getByAddress(null, IPV6_GROUP, network.interfaceIndex()),
                port);
    }
}
