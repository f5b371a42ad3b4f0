// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.peerdist.discovery.message.DiscoveryDecoder;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets: one that listens for each address family, and one that sends probes for each address of the machine, to
 * which the answers come back. After {@link #open} everything happens on the event loop.
 */
final class DiscoverySockets implements DatagramSender, ProbeSender {
    /** No router may forward a probe (SOAP-over-UDP, and MS-PCCRD 5: the local subnet alone). */
    private static final int MULTICAST_HOPS = 1;

    private static final byte[] IPV4_GROUP = {(byte) 239, (byte) 255, (byte) 255, (byte) 250};
    private static final byte[] IPV6_GROUP = {(byte) 0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0C};

    private static final Logger LOG = LoggerFactory.getLogger(DiscoverySockets.class);

    /** A membership of a group on an interface. */
    private record Membership(NetworkInterface system, boolean ipv4) {}

    private final DiscoveryReach reach;
    private final EventLoop loop;
    private final BiConsumer<InetSocketAddress, ByteBuffer> receiver;
    private final DiscoveryMetrics metrics;

    private @Nullable Channel ipv4;
    private @Nullable Channel ipv6;
    private final Map<LocalNetwork, Channel> probing = new HashMap<>();
    private final Set<LocalNetwork> opening = new HashSet<>();
    private final Set<Membership> memberships = new HashSet<>();
    private boolean closed;

    DiscoverySockets(
            DiscoveryReach reach,
            EventLoop loop,
            BiConsumer<InetSocketAddress, ByteBuffer> receiver,
            DiscoveryMetrics metrics) {
        this.reach = reach;
        this.loop = loop;
        this.receiver = receiver;
        this.metrics = metrics;
    }

    /** Listens. Not on the event loop; throws {@link DiscoveryException} when the port is not to be had. */
    void open() {
        if (reach instanceof DiscoveryReach.Unicast unicast) {
            boolean isIpv4 = unicast.bind().getAddress() instanceof Inet4Address;
            Channel channel = listen(unicast.bind(), isIpv4);
            if (isIpv4) {
                ipv4 = channel;
            } else {
                ipv6 = channel;
            }
            return;
        }
        int port = ((DiscoveryReach.Multicast) reach).port();
        ipv4 = listen(new InetSocketAddress(address(new byte[4]), port), true);
        try {
            ipv6 = listen(new InetSocketAddress(address(new byte[16]), port), false);
        } catch (DiscoveryException e) {
            LOG.info("discovery goes without IPv6: {}", e.getMessage());
        }
    }

    private Channel listen(InetSocketAddress address, boolean isIpv4) {
        ChannelFuture bound = bootstrap(isIpv4)
                .option(ChannelOption.SO_REUSEADDR, reach instanceof DiscoveryReach.Multicast)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new DiscoveryException(
                    "discovery port " + address + ": " + bound.cause().getMessage()
                            + " (expected: to listen there; is another program on it that does not share it?)",
                    bound.cause());
        }
        return bound.channel();
    }

    private Bootstrap bootstrap(boolean isIpv4) {
        SocketProtocolFamily family = isIpv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> new NioDatagramChannel(family))
                // One octet more than a message may have shows that it is too long.
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(DiscoveryDecoder.MAX_MESSAGE_BYTES + 1))
                .handler(new Receiver(receiver));
    }

    /** The address that is listened on, of IPv4 when there is a choice. */
    InetSocketAddress localAddress() {
        Channel channel = ipv4 != null ? ipv4 : ipv6;
        if (channel == null) {
            throw new IllegalStateException("discovery sockets: not open");
        }
        return (InetSocketAddress) channel.localAddress();
    }

    /**
     * Takes part on these interfaces and no others.
     *
     * @return what is still being opened
     */
    List<ChannelFuture> use(List<LocalInterface> interfaces) {
        List<ChannelFuture> pending = new ArrayList<>();
        if (reach instanceof DiscoveryReach.Multicast multicast && !closed) {
            Set<LocalNetwork> wanted = new HashSet<>();
            Set<Membership> groups = new HashSet<>();
            for (LocalInterface each : interfaces) {
                for (LocalNetwork network : each.networks()) {
                    if (probesFrom(network)) {
                        wanted.add(network);
                        groups.add(new Membership(each.system(), network.isIpv4()));
                    }
                }
            }
            leaveOthers(groups, wanted);
            for (LocalInterface each : interfaces) {
                for (LocalNetwork network : each.networks()) {
                    if (wanted.contains(network) && !probing.containsKey(network) && opening.add(network)) {
                        pending.add(openProbing(each.system(), network));
                    }
                }
            }
            groups.stream().filter(memberships::add).forEach(each -> pending.add(join(each, multicast)));
        }
        return pending;
    }

    /** IPv6 probes leave from the link-local address alone: ff02::c reaches the link, and one of each host is enough. */
    private boolean probesFrom(LocalNetwork network) {
        return network.isIpv4()
                ? ipv4 != null
                : ipv6 != null && network.address().isLinkLocalAddress();
    }

    private void leaveOthers(Set<Membership> groups, Set<LocalNetwork> wanted) {
        for (Membership each : List.copyOf(memberships)) {
            if (!groups.contains(each)) {
                memberships.remove(each);
                NioDatagramChannel listening = listening(each.ipv4());
                // Of an interface that is gone the system has left the group itself.
                listening.leaveGroup(group(each.ipv4()), each.system(), null).addListener(left -> {
                    if (!left.isSuccess()) {
                        LOG.debug("group on {}: left with it", each.system().getName());
                    }
                });
            }
        }
        for (LocalNetwork each : List.copyOf(probing.keySet())) {
            if (!wanted.contains(each)) {
                Channel channel = probing.remove(each);
                if (channel != null) {
                    close(channel);
                }
            }
        }
    }

    private ChannelFuture join(Membership membership, DiscoveryReach.Multicast multicast) {
        ChannelFuture joined =
                listening(membership.ipv4()).joinGroup(group(membership.ipv4()), membership.system(), null);
        joined.addListener(done -> {
            if (!done.isSuccess()) {
                memberships.remove(membership);
                failed(membership.system(), "no probes are heard on port " + multicast.port(), done.cause());
            }
        });
        return joined;
    }

    private ChannelFuture openProbing(NetworkInterface system, LocalNetwork network) {
        ChannelFuture bound = bootstrap(network.isIpv4())
                .option(ChannelOption.IP_MULTICAST_IF, system)
                .option(ChannelOption.IP_MULTICAST_TTL, MULTICAST_HOPS)
                .bind(new InetSocketAddress(network.address(), 0));
        bound.addListener(done -> {
            opening.remove(network);
            if (!done.isSuccess()) {
                failed(system, "no probes are sent from " + network.address().getHostAddress(), done.cause());
            } else if (closed) {
                close(bound.channel());
            } else {
                probing.put(network, bound.channel());
            }
        });
        return bound;
    }

    /** Tried again when the interfaces are looked at next. */
    private void failed(NetworkInterface system, String consequence, @Nullable Throwable cause) {
        metrics.networkFailed();
        LOG.warn("interface {}: {}: {}", system.getName(), consequence, cause == null ? "" : cause.getMessage());
    }

    private NioDatagramChannel listening(boolean isIpv4) {
        Channel channel = isIpv4 ? ipv4 : ipv6;
        if (channel instanceof NioDatagramChannel datagrams) {
            return datagrams;
        }
        throw new IllegalStateException("discovery sockets: not open for this address family");
    }

    @Override
    public void sendToAll(byte[] datagram) {
        if (reach instanceof DiscoveryReach.Unicast unicast) {
            unicast.peers().get().forEach(peer -> send(peer, datagram));
            return;
        }
        int port = ((DiscoveryReach.Multicast) reach).port();
        probing.forEach((network, channel) -> write(channel, groupOn(network, port), datagram));
    }

    @Override
    public void send(InetSocketAddress to, byte[] datagram) {
        Channel channel = to.getAddress() instanceof Inet4Address && ipv4 != null ? ipv4 : ipv6;
        if (channel == null) {
            metrics.sendFailed();
        } else {
            write(channel, to, datagram);
        }
    }

    private void write(Channel channel, InetSocketAddress to, byte[] datagram) {
        if (!channel.isWritable()) {
            metrics.sendFailed();
            return;
        }
        metrics.sentDatagram();
        channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        metrics.sendFailed();
                        LOG.debug("datagram to {}: not sent", to, done.cause());
                    }
                });
    }

    void close() {
        closed = true;
        List<Channel> all = new ArrayList<>(probing.values());
        probing.clear();
        if (ipv4 != null) {
            all.add(ipv4);
        }
        if (ipv6 != null) {
            all.add(ipv6);
        }
        all.forEach(DiscoverySockets::close);
    }

    private static void close(Channel channel) {
        channel.close().addListener(done -> {
            if (!done.isSuccess()) {
                LOG.debug("socket {}: not closed properly", channel, done.cause());
            }
        });
    }

    private static InetAddress group(boolean isIpv4) {
        return address(isIpv4 ? IPV4_GROUP : IPV6_GROUP);
    }

    private static InetSocketAddress groupOn(LocalNetwork network, int port) {
        try {
            return new InetSocketAddress(
                    network.isIpv4()
                            ? address(IPV4_GROUP)
                            : Inet6Address.getByAddress(null, IPV6_GROUP, network.interfaceIndex()),
                    port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a group's address (expected: 16 octets)", e);
        }
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address of " + octets.length + " octets (expected: 4 or 16)", e);
        }
    }

    @Sharable
    private static final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final BiConsumer<InetSocketAddress, ByteBuffer> receiver;

        Receiver(BiConsumer<InetSocketAddress, ByteBuffer> receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            receiver.accept(packet.sender(), packet.content().nioBuffer());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A socket of datagrams lives on: what one peer provoked must not end discovery for the others.
            LOG.warn("discovery socket {}", context.channel().localAddress(), cause);
        }
    }
}
