// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.lease.AgentLeases;
import io.peerdist.agent.lease.LeaseDesk;
import io.peerdist.agent.offer.OfferClient;
import io.peerdist.agent.offer.OfferMetrics;
import io.peerdist.agent.offer.OfferSession;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.offer.OfferTarget;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.peer.HeldSegments;
import io.peerdist.agent.peer.RememberedSearches;
import io.peerdist.agent.proxy.HttpProxy;
import io.peerdist.agent.proxy.ProxySettings;
import io.peerdist.agent.publish.Publication;
import io.peerdist.agent.publish.PublishReport;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.serve.Serving;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.agent.source.BlockSources;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.source.LocalCacheSource;
import io.peerdist.agent.source.PeerFinder;
import io.peerdist.agent.source.PeerSources;
import io.peerdist.agent.source.StoredCache;
import io.peerdist.agent.stream.ContentStreams;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentListing;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryException;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.discovery.LocalSegments;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client with its local cache: downloads, offers what it fetched to hosted caches, and serves them. Thread-safe.
 */
public final class Agent implements AutoCloseable {
    /** A quarter of what a peer of Windows serves at a time (MS-PCCRR 3.2.1). */
    private static final int CONNECTIONS_PER_PEER = 16;

    /** Blocks asked of one hosted cache at a time: while some are on their way, others wait for the workers. */
    private static final int BLOCKS_PER_CACHE = 2 * CONNECTIONS_PER_PEER;

    /** Probes that may wait for the catalogue; each names a few dozen segments. */
    private static final int MAX_WAITING_LOOK_UPS = 256;

    /** Batches of 128 segments that may wait to be offered; a thousand are 4 GiB of version 1.0, 12 GiB of version 2.0. */
    private static final int MAX_WAITING_OFFERS = 1_024;

    private final AgentSettings settings;
    private final Clock clock;
    private final MeterRegistry registry;
    private final EventLoops loops;
    private final RetrievalClient retrieval;
    private final List<InetSocketAddress> hostedCaches;
    private final @Nullable BlockStore store;
    private final @Nullable StoredCache cache;
    private final RateLimit limit;
    private final Workers lookUps;
    private final @Nullable HeldSegments heldSegments;
    private final @Nullable Discovery discovery;
    private final AgentLeases leases;
    private final DownloadEngine engine;
    private final OfferClient offers = new OfferClient();
    private final OfferMetrics offerMetrics;
    private final Workers offerThread;
    private final ContentStreams streams;
    private volatile @Nullable PeerServer server;
    private volatile @Nullable Serving serving;
    private volatile @Nullable HttpProxy proxy;

    private Agent(
            AgentSettings settings,
            Clock clock,
            MeterRegistry registry,
            @Nullable BlockStore store,
            List<InetSocketAddress> hostedCaches,
            Consumer<String> warnings) {
        this.settings = settings;
        this.clock = clock;
        this.registry = registry;
        this.store = store;
        this.hostedCaches = hostedCaches;
        this.cache = store == null ? null : new StoredCache(store, new SecureRandom());
        this.loops = EventLoops.start("agent-io");
        this.retrieval = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withMaxConnectionsPerPeer(CONNECTIONS_PER_PEER),
                registry);
        this.offerMetrics = new OfferMetrics(registry);
        this.offerThread = Workers.start("agent-offer", 1, MAX_WAITING_OFFERS, registry);
        this.lookUps = Workers.start("agent-look-up", 1, MAX_WAITING_LOOK_UPS, registry);
        this.heldSegments = store == null ? null : new HeldSegments(store, clock, lookUps);
        this.discovery =
                settings.discovery().map(how -> startDiscovery(how, warnings)).orElse(null);
        LocalCache localCache = cache == null ? LocalCache.NONE : cache;
        this.limit = limit(settings.receiveBytesPerSecond(), clock, loops);
        this.leases = leases(settings, hostedCaches, clock, registry);
        this.engine = new DownloadEngine(
                settings.origin(),
                this::sources,
                localCache,
                cache == null ? LeaseDesk.NONE : leases,
                limit,
                clock::nanoTime,
                registry);
        this.streams = new ContentStreams(engine, this::offerSession, clock::nanoTime, registry);
    }

    /** Only caches that are offered what is fetched are asked who fetches it. */
    private static AgentLeases leases(
            AgentSettings settings, List<InetSocketAddress> hostedCaches, Clock clock, MeterRegistry registry) {
        OfferSettings offers = settings.offers();
        List<InetSocketAddress> asked = offers.enabled() ? hostedCaches : List.of();
        return new AgentLeases(offers.leases(), asked, new SecureRandom(), clock::nanoTime, registry);
    }

    /** Null when the port of discovery cannot be had: then peers are neither found nor answered, and that is all. */
    private @Nullable Discovery startDiscovery(DiscoverySettings how, Consumer<String> warnings) {
        LocalSegments segments =
                heldSegments == null ? ids -> CompletableFuture.completedFuture(List.of()) : heldSegments;
        try {
            return Discovery.start(
                    how,
                    segments,
                    this::servingAddresses,
                    new Discovery.Environment(clock, clock::nanoTime, new SecureRandom(), registry));
        } catch (DiscoveryException e) {
            warnings.accept("going on without peers: " + e.getMessage());
            return null;
        }
    }

    /** None before blocks are served, so that until then probes are not answered. */
    private List<InetSocketAddress> servingAddresses(List<LocalNetwork> networks) {
        PeerServer running = server;
        Serving rules = serving;
        if (running == null) {
            return List.of();
        }
        InetSocketAddress at = running.address();
        ServingAddresses all = at.getAddress().isAnyLocalAddress()
                ? ServingAddresses.ownPort(at.getPort())
                : here -> here.isEmpty() ? List.of() : List.of(at);
        return (rules == null ? all : rules.policy().served(all)).on(networks);
    }

    private static RateLimit limit(long bytesPerSecond, Clock clock, EventLoops loops) {
        RateLimit limit = RateLimit.unlimited(clock::nanoTime, timers(loops));
        limit.setBytesPerSecond(bytesPerSecond);
        return limit;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody takes back the end of a pause
    private static RateLimit.Pauses timers(EventLoops loops) {
        return (end, nanos) -> {
            if (!loops.group().isShuttingDown()) {
                loops.group().schedule(end, nanos, TimeUnit.NANOSECONDS);
            }
        };
    }

    /**
     * Opens the local cache and makes ready to download. Listens nowhere yet.
     *
     * @param warnings gets a sentence for each thing that is amiss but no reason to stop
     * @throws FailureException when the local cache is required and cannot be opened
     */
    public static Agent open(AgentSettings settings, Clock clock, MeterRegistry registry, Consumer<String> warnings) {
        List<InetSocketAddress> hostedCaches = resolve(settings.hostedCaches(), warnings);
        BlockStore store = openStore(settings, clock, registry, warnings);
        try {
            return new Agent(settings, clock, registry, store, hostedCaches, warnings);
        } catch (RuntimeException e) {
            if (store != null) {
                store.close();
            }
            throw e;
        }
    }

    private static List<InetSocketAddress> resolve(List<HostPort> names, Consumer<String> warnings) {
        List<InetSocketAddress> resolved = new ArrayList<>();
        for (HostPort name : names) {
            InetSocketAddress address = name.resolve();
            if (address.isUnresolved()) {
                warnings.accept("the hosted cache " + name + " is left out: its host name cannot be resolved");
            } else {
                resolved.add(address);
            }
        }
        return resolved;
    }

    private static @Nullable BlockStore openStore(
            AgentSettings settings, Clock clock, MeterRegistry registry, Consumer<String> warnings) {
        try {
            return BlockStore.open(
                    BlockStoreSettings.of(settings.dataDirectory(), settings.cacheBytes()), clock, registry);
        } catch (BlockStoreException e) {
            if (settings.dataDirectoryRequired()) {
                throw new FailureException(exitCode(e.kind()), String.valueOf(e.getMessage()), e);
            }
            warnings.accept("going on without local cache and offers: " + e.getMessage());
            return null;
        }
    }

    private static ExitCode exitCode(BlockStoreException.Kind kind) {
        return switch (kind) {
            case LOCKED -> ExitCode.STORE_LOCKED;
            case CORRUPT, NEWER_FORMAT -> ExitCode.STORE_CORRUPT;
            case UNWRITABLE -> ExitCode.CONFIGURATION;
            case FULL, IO, CLOSED -> ExitCode.WORK_FAILED;
        };
    }

    private List<BlockSources> sources(Workers workers) {
        List<BlockSources> sources = new ArrayList<>();
        if (cache != null) {
            sources.add(new LocalCacheSource(cache, workers));
        }
        for (InetSocketAddress address : hostedCaches) {
            sources.add(new HostedCacheSource(address, retrieval, BLOCKS_PER_CACHE, limit));
        }
        if (discovery != null) {
            PeerFinder finder = PeerFinder.of(discovery);
            sources.add(new PeerSources(
                    heldSegments == null ? finder : new RememberedSearches(finder, heldSegments),
                    retrieval,
                    limit,
                    PeerSources.LOOK_UP_LIMIT,
                    clock::nanoTime));
        }
        return sources;
    }

    /**
     * Downloads a file in the calling thread, and stays until hosted caches have pulled what they were offered, or the limits
     * of the settings are reached. What goes wrong with offers is a warning.
     *
     * @throws FailureException with one sentence when the file cannot be had or written
     */
    public DownloadReport get(DownloadRequest request, DownloadListener listener) {
        OfferSession session = offerSession().orElse(null);
        DownloadReport report = engine.download(request, listener, session == null ? SegmentListener.NONE : session);
        warnOfRefusals(listener);
        return session == null ? report : report.withOffers(session.finish(listener));
    }

    /** What offers the segments of one download; empty when nothing is to be offered. */
    private Optional<OfferSession> offerSession() {
        if (cache == null || hostedCaches.isEmpty() || !settings.offers().enabled()) {
            return Optional.empty();
        }
        return Optional.of(new OfferSession(
                hostedCaches.stream()
                        .map(address -> new OfferTarget(address, retrieval, offers))
                        .toList(),
                cache,
                this::serve,
                settings.offers(),
                offerMetrics,
                offerThread,
                clock::nanoTime,
                leases::othersMayWait));
    }

    private void warnOfRefusals(DownloadListener listener) {
        PutResult refusal = cache == null ? null : cache.takeRefusal();
        if (refusal != null) {
            listener.warning("the local cache could not keep every block (" + refusal.reason()
                    + "); what it lacks is not offered to hosted caches");
        }
    }

    /** Files for programs that take them in order; closed with this agent. */
    public ContentStreams streams() {
        return streams;
    }

    /** Starts to serve the local cache, unless it is served already. */
    private synchronized PeerServer serve() {
        if (store == null) {
            throw new IllegalStateException("local cache: absent (expected: open)");
        }
        if (server == null) {
            server = PeerServer.start(
                    store,
                    clock,
                    new PeerServer.Binding(settings.retrievalBind(), settings.maxSessions(), loops, registry),
                    serving);
        }
        return server;
    }

    /**
     * Serves the local cache from now on.
     *
     * @return where
     * @throws FailureException when the port cannot be had
     */
    public InetSocketAddress startServing() {
        return serve().address();
    }

    /** How peers are found; empty when they are not looked for. */
    public Optional<Discovery> discovery() {
        return Optional.ofNullable(discovery);
    }

    /**
     * Serves the local cache from now on, as {@code how} says, and answers for other caches that it names. Not to be called
     * when it is served already.
     *
     * @return where
     * @throws FailureException when a port cannot be had
     */
    public synchronized InetSocketAddress startServing(ServingSettings how) {
        Set<InetAddress> offeredTo =
                hostedCaches.stream().map(InetSocketAddress::getAddress).collect(Collectors.toUnmodifiableSet());
        Serving started = Serving.start(how, () -> offeredTo, limit, timers(loops), clock, registry);
        serving = started;
        started.startRelays(how, relayDiscovery(how), loops, clock, registry);
        return startServing();
    }

    /**
     * Starts the HTTP proxy for programs, the caller's to close before this agent.
     *
     * @throws FailureException when it cannot listen where the settings say
     */
    public HttpProxy startProxy(ProxySettings how) {
        HttpProxy started = HttpProxy.start(how, new HttpProxy.Environment(loops, streams, clock, registry));
        proxy = started;
        return started;
    }

    /** Where programs find the HTTP proxy; empty when there is none on TCP. */
    public Optional<InetSocketAddress> proxyAddress() {
        return Optional.ofNullable(proxy).flatMap(HttpProxy::address);
    }

    /** Relays answer who multicasts, on the interfaces where this agent does, whatever its mode. */
    private DiscoverySettings relayDiscovery(ServingSettings how) {
        return settings.discovery()
                .filter(own -> own.reach() instanceof DiscoveryReach.Multicast)
                .orElseGet(() ->
                        DiscoverySettings.DEFAULT.withInterfaces(how.networks().choice(List.of())));
    }

    /** Whom it serves and how quickly; empty unless it was told. */
    public synchronized Optional<Serving> serving() {
        return Optional.ofNullable(serving);
    }

    /** What the local cache holds; empty without local cache. */
    public Optional<StoreStatistics> statistics() {
        return Optional.ofNullable(store).map(BlockStore::statistics);
    }

    /**
     * A page of the segments in the local cache; empty without local cache.
     *
     * @param cursor the {@code next} of the page before, or null for the first
     * @param limit 1 to {@link BlockStore#MAX_LIST} segments
     */
    public SegmentListing list(@Nullable SegmentId cursor, int limit) {
        return store == null ? new SegmentListing(List.of(), null) : store.list(cursor, limit);
    }

    /** What the local cache holds of a segment; empty when that is nothing. */
    public Optional<SegmentSummary> find(SegmentId id) {
        return Optional.ofNullable(store).map(held -> held.find(id));
    }

    /** Empties the local cache and returns how many blocks went; 0 without local cache. */
    public long flush() {
        return store == null ? 0 : store.dropAll();
    }

    /**
     * Takes a file that has these hashes from a peer of this machine into the local cache, in the calling thread, and offers
     * what matches to hosted caches. Nothing is asked of anybody else.
     *
     * @throws FailureException when the peer is gone, or there is no local cache
     */
    public PublishReport publish(OriginAnswer.Hashes hashes, InetSocketAddress peer, DownloadListener listener) {
        if (cache == null) {
            throw new FailureException(ExitCode.WORK_FAILED, "there is no local cache to publish into");
        }
        RateLimit unlimited = RateLimit.unlimited(clock::nanoTime, timers(loops)); // it never leaves the machine
        Publication publication = new Publication(
                hashes, new HostedCacheSource(peer, retrieval, BLOCKS_PER_CACHE, unlimited), cache, clock::nanoTime);
        OfferSession session = offerSession().orElse(null);
        PublishReport report = publication.run(listener, session == null ? SegmentListener.NONE : session);
        warnOfRefusals(listener);
        return session == null ? report : report.withOffers(session.finish(listener));
    }

    @Override
    public void close() {
        if (discovery != null) {
            discovery.close();
        }
        synchronized (this) {
            if (serving != null) {
                serving.close();
            }
            if (server != null) {
                server.close();
            }
        }
        streams.close();
        engine.close();
        offerThread.close();
        lookUps.close();
        retrieval.close();
        loops.close();
        if (store != null) {
            store.close();
        }
    }
}
