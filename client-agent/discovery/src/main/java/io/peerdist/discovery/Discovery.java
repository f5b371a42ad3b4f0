// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.message.DiscoveryVersion;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds peers, and is found. Has one thread of its own, for its sockets and everything that happens on them. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD</a>
 */
public final class Discovery implements AutoCloseable {
    /** How often the interfaces are looked at. */
    static final Duration INTERFACE_POLL = Duration.ofSeconds(5);
    /** How long a peer that served well is asked first. */
    static final Duration GOOD_PEER_KEPT_FOR = Duration.ofSeconds(60);

    private static final long CLOSE_LIMIT_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    /**
     * What discovery takes from the world.
     *
     * @param wall the time of day at the start, which makes instances of this machine rise
     * @param nanoTime a time that only goes forward
     * @param random for back-offs and identifiers; used on one thread
     * @param registry where metrics go
     */
    public record Environment(
            InstantSource wall, LongSupplier nanoTime, RandomGenerator random, MeterRegistry registry) {}

    private record GoodPeer(InetSocketAddress address, long servedNanos) {}

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final LoopTasks tasks;
    private final LongSupplier nanoTime;
    private final DiscoverySettings settings;
    private final LocalNetworks networks = new LocalNetworks();
    private final DiscoverySockets sockets;
    private final Requester requester;
    private final DatagramIntake intake;
    private final DiscoveryMetrics metrics;
    private volatile @Nullable GoodPeer goodPeer;
    private volatile boolean closed;

    private Discovery(
            DiscoverySettings settings, LocalSegments segments, ServingAddresses addresses, Environment environment) {
        this.settings = settings;
        nanoTime = environment.nanoTime();
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("peerdist-discovery", true), NioIoHandler.newFactory());
        loop = group.next();
        tasks = new Loop(loop);
        metrics = new DiscoveryMetrics(environment.registry());
        metrics.watchNetworks(networks);
        sockets = new DiscoverySockets(settings.reach(), loop, this::received, metrics);
        RandomGenerator random = environment.random();
        OwnInstance instance =
                new OwnInstance(random, environment.wall().instant().getEpochSecond());
        requester = new Requester(
                settings.requester(), new Requester.Parts(instance, tasks, nanoTime, random, sockets, metrics));
        Responder responder = new Responder(
                settings.responder(),
                new Responder.Parts(
                        segments, addresses, networks, instance, tasks, nanoTime, random, sockets, metrics));
        intake = new DatagramIntake(
                networks, settings.limits(), nanoTime, requester, settings.answerProbes() ? responder : null, metrics);
    }

    /**
     * Opens the sockets and takes part. Waits until they are open; not to be called on an event loop.
     *
     * @param segments what this machine holds; not asked when probes are not answered
     * @param addresses where it serves that
     * @throws DiscoveryException when the port cannot be listened on
     */
    public static Discovery start(
            DiscoverySettings settings, LocalSegments segments, ServingAddresses addresses, Environment environment) {
        Discovery discovery = new Discovery(settings, segments, addresses, environment);
        try {
            discovery.open();
            return discovery;
        } catch (DiscoveryException e) {
            discovery.close();
            throw e;
        }
    }

    private void open() {
        sockets.open();
        List<LocalInterface> interfaces = scan();
        List<ChannelFuture> opening =
                loop.submit(() -> use(interfaces)).syncUninterruptibly().getNow();
        opening.forEach(ChannelFuture::awaitUninterruptibly);
        tasks.after(INTERFACE_POLL, this::poll);
    }

    private List<LocalInterface> scan() {
        try {
            return LocalInterface.scan(settings.interfaces(), settings.reach() instanceof DiscoveryReach.Unicast);
        } catch (SocketException e) {
            throw new DiscoveryException("interfaces: not to be listed: " + e.getMessage(), e);
        }
    }

    private List<ChannelFuture> use(List<LocalInterface> interfaces) {
        List<LocalNetwork> now =
                interfaces.stream().flatMap(each -> each.networks().stream()).toList();
        if (!new HashSet<>(now).equals(new HashSet<>(networks.all()))) {
            LOG.info("discovery on {}", now);
            networks.set(now);
            requester.networksChanged();
        }
        return sockets.use(interfaces);
    }

    private void poll() {
        if (closed) {
            return;
        }
        try {
            use(scan());
        } catch (DiscoveryException e) {
            metrics.networkFailed();
            LOG.warn("discovery keeps its interfaces", e);
        }
        tasks.after(INTERFACE_POLL, this::poll);
    }

    private void received(InetSocketAddress from, ByteBuffer datagram) {
        intake.receive(from, datagram);
    }

    /**
     * Looks for peers that hold any of {@code segmentIds}. Ends when each has {@code enoughPeers}, or when the time is up;
     * at once when all is remembered from before, or nobody has answered for a while. Later answers are remembered for the
     * next search.
     *
     * @param version that of the content information
     * @param segmentIds at most {@value Requester#MAX_SEGMENTS_PER_SEARCH} different ones
     * @param enoughPeers at least 1
     * @return completes on the thread of discovery, and never fails
     */
    public CompletableFuture<DiscoveryResult> search(
            DiscoveryVersion version, Collection<SegmentId> segmentIds, int enoughPeers) {
        List<SegmentId> distinct = segmentIds.stream().distinct().toList();
        if (distinct.size() > Requester.MAX_SEGMENTS_PER_SEARCH || enoughPeers < 1) {
            throw new IllegalArgumentException("search: " + distinct.size() + " segments, " + enoughPeers
                    + " peers of each (expected: at most " + Requester.MAX_SEGMENTS_PER_SEARCH + ", at least 1)");
        }
        CompletableFuture<DiscoveryResult> future = new CompletableFuture<>();
        try {
            // Not at once, when it is called as another search ends: that one is not done with its probe yet.
            loop.execute(() -> {
                if (closed) {
                    new Search(distinct, enoughPeers, future).end();
                } else {
                    requester.search(version, distinct, enoughPeers, future);
                }
            });
        } catch (RejectedExecutionException e) {
            new Search(distinct, enoughPeers, future).end(); // closed meanwhile: nobody is found
        }
        return future;
    }

    /** How long a search waits for answers now; zero when nobody has answered for a while. */
    public Duration currentWait() {
        return requester.currentWait();
    }

    /** A peer that served something a short while ago, to be asked before anyone is looked for. */
    public Optional<InetSocketAddress> lastGoodPeer() {
        GoodPeer last = goodPeer;
        return last == null || nanoTime.getAsLong() - last.servedNanos() > GOOD_PEER_KEPT_FOR.toNanos()
                ? Optional.empty()
                : Optional.of(last.address());
    }

    /** Tells that {@code peer} served a block that was right. */
    public void served(InetSocketAddress peer) {
        goodPeer = new GoodPeer(peer, nanoTime.getAsLong());
    }

    /** Tells that {@code peer} failed: what it said is forgotten, until it says so again. */
    public void failed(InetSocketAddress peer) {
        GoodPeer last = goodPeer;
        if (last != null && last.address().equals(peer)) {
            goodPeer = null;
        }
        try {
            loop.execute(() -> requester.forget(peer));
        } catch (RejectedExecutionException e) {
            LOG.debug("peer {}: discovery is closed, and remembers nobody", peer);
        }
    }

    /** The subnets that discovery takes part on now. */
    public List<LocalNetwork> networks() {
        return networks.all();
    }

    /** Where probes are listened for. */
    public InetSocketAddress localAddress() {
        return sockets.localAddress();
    }

    /** Closes the sockets and ends all searches with what they have found. */
    @Override
    public void close() {
        closed = true;
        if (!loop.isShuttingDown()) {
            loop.execute(() -> {
                requester.close();
                sockets.close();
            });
        }
        group.shutdownGracefully(0, CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Netty's loop as ours. */
    private record Loop(EventLoop loop) implements LoopTasks {
        @Override
        public void execute(Runnable task) {
            if (loop.inEventLoop()) {
                task.run();
            } else {
                loop.execute(task);
            }
        }

        @Override
        public void after(Duration delay, Runnable task) {
            if (!loop.isShuttingDown()) {
                loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS).addListener(done -> {
                    if (!done.isSuccess() && !done.isCancelled()) {
                        LOG.error("discovery: a timer failed", done.cause());
                    }
                });
            }
        }
    }
}
