// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelPipeline;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.discovery.Discovery;
import io.peerdist.hostedcache.authentication.ClientAuthentication;
import io.peerdist.hostedcache.trust.ManifestSettings;
import io.peerdist.hostedcache.trust.ManifestSubscription;
import io.peerdist.hostedcache.trust.SubscriptionStatus;
import io.peerdist.retrieval.MessageTrace;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.retrieval.RetrievalServer;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import io.peerdist.runtime.http.ListenAddress;
import io.peerdist.runtime.tls.ServerTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A hosted cache: a store, the ports where clients offer and fetch, and the pulling between the two. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.1</a>
 */
public final class HostedCache {
    private static final int SERVING_THREADS = 4;
    private static final int MAX_DISK_QUEUE = 16_384; // sessions that wait for the disk; the others are answered empty
    // The store takes one block at a time; decrypting and hashing may use every processor.
    private static final int PULLING_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int MAX_OFFERS_TO_JUDGE = 512; // version 1.0 offers of up to 64 KiB each
    private static final int MAX_LEASE_REQUESTS = 1_024; // of up to 33 KiB each
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);
    private static final Duration PEER_IDLE_TIMEOUT = Duration.ofSeconds(2);

    private final BlockStore store;
    private final SegmentPulls pulls;
    private final SegmentKeys keys;
    private final Quarantine quarantine;
    private final ContentMetrics content;
    private final HttpListener listener;
    private final OfferHandler version1;
    private final Optional<Discovery> discovery;

    private HostedCache(
            BlockStore store,
            SegmentPulls pulls,
            SegmentKeys keys,
            Quarantine quarantine,
            ContentMetrics content,
            HttpListener listener,
            OfferHandler version1,
            Optional<Discovery> discovery) {
        this.store = store;
        this.pulls = pulls;
        this.keys = keys;
        this.quarantine = quarantine;
        this.content = content;
        this.listener = listener;
        this.version1 = version1;
        this.discovery = discovery;
    }

    /**
     * Opens the store and starts to serve. Every part is given to {@code components}, and closed with them: first no more is
     * served, then pulls under way end, then the store is closed.
     *
     * @throws FailureException when the store cannot be opened or the port cannot be listened on
     */
    public static HostedCache start(
            HostedCacheSettings settings,
            Components components,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        BlockStore store = components.add("store", openStore(settings, clock, registry));
        SegmentKeys keys = settings.trust()
                .manifest()
                .<SegmentKeys>map(manifest -> new ListedKeys(
                        components.add("manifest", subscribe(manifest, settings.dataDirectory(), clock, registry))))
                .orElse(SegmentKeys.NONE);
        return start(settings, store, keys, components, loops, clock, registry);
    }

    static HostedCache start(
            HostedCacheSettings settings,
            SegmentKeys keys,
            Components components,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        BlockStore store = components.add("store", openStore(settings, clock, registry));
        return start(settings, store, keys, components, loops, clock, registry);
    }

    private static HostedCache start(
            HostedCacheSettings settings,
            BlockStore store,
            SegmentKeys keys,
            Components components,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        Workers serving = components.add(
                "serve",
                Workers.start("serve", SERVING_THREADS, Math.min(settings.maxSessions(), MAX_DISK_QUEUE), registry));
        // Every pull under way may have all its blocks here at once, or its look-up.
        int pullTasks = settings.maxPulls() * (SegmentPull.MAX_BLOCKS_ASKED + 1);
        Workers pulling = components.add("pull", Workers.start("pull", PULLING_THREADS, pullTasks, registry));
        RetrievalClient client = components.add(
                "retrieval client", new RetrievalClient(loops.group(), clientSettings(settings), registry));
        PullMetrics metrics = new PullMetrics(registry);
        ProvenSegments proven = new ProvenSegments();
        Quarantine quarantine =
                new Quarantine(settings.trust().quarantine(), clock::nanoTime, new QuarantineMetrics(registry));
        Puller puller = GuardedPuller.over(store, keys, proven, quarantine, client, pulling, metrics);
        LeaseMetrics leaseMetrics = new LeaseMetrics(registry);
        FetchLeases leases =
                new FetchLeases(settings.leases(), id -> store.isComplete(id) && !quarantine.holds(id), leaseMetrics);
        SegmentPulls pulls = components.add(
                "offers",
                new SegmentPulls(
                        noting(leases, puller, clock), settings.pulls(), DRAIN_LIMIT, clock::nanoTime, metrics));
        Workers judging = components.add("judge", Workers.start("offer", 1, MAX_OFFERS_TO_JUDGE, registry));
        OfferHandler version1 = new OfferHandler(
                HostedCacheRequest.OFFER_PATH_V1,
                new DescribedOffers(store.forOffers(), proven, pulls, judging, metrics),
                metrics);
        SegmentSource served = quarantine.serving(store);
        RetrievalServer server = new RetrievalServer(served, settings.server(), serving, registry);
        ContentMetrics content = new ContentMetrics(store, registry);
        server.addListener(content);
        server.addListener((remote, id, index) -> quarantine.blockServed(remote, id));
        OfferHandler offers = new OfferHandler(
                HostedCacheRequest.OFFER_PATH_V2,
                new BatchedOffers(store.forOffers(), quarantine, pulls, metrics),
                metrics);
        OfferQuotaHandler quotas =
                new OfferQuotaHandler(settings.quotas(), pulls::hasRoom, clock::nanoTime, new QuotaMetrics(registry));
        Optional<ClientAuthentication> authentication =
                ClientAuthentication.start(settings.authentication(), clock::nanoTime, registry);
        authentication.ifPresent(started -> components.add("authentication", started));
        Optional<LeaseHandler> leasing = settings.leases().enabled()
                ? Optional.of(new LeaseHandler(
                        leases,
                        pulls::wants,
                        new OfferQuotas(settings.leases().requestsPerMinute(), OfferQuotas.MAX_CLIENTS),
                        components.add("leases", Workers.start("lease", 1, MAX_LEASE_REQUESTS, registry)),
                        clock::nanoTime,
                        leaseMetrics))
                : Optional.empty();
        HttpListener listener = components.add(
                "http", HttpListener.bind("http", listenerSettings(settings), loops, clock, registry, pipeline -> {
                    pipeline.addLast(MessageTrace.handlers())
                            .addLast(server.newHandler())
                            .addLast(quotas, offers);
                    leasing.ifPresent(pipeline::addLast);
                }));
        components.serves("http", listener.localAddress());
        settings.https()
                .ifPresent(https -> listenForVersion1(settings, https, components, loops, clock, registry, pipeline -> {
                    pipeline.addLast(MessageTrace.handlers()).addLast(quotas);
                    authentication.ifPresent(required -> pipeline.addLast(required.newHandler()));
                    pipeline.addLast(version1);
                }));
        Optional<Discovery> discovery = settings.probes().answer()
                ? Optional.of(ProbeAnswers.start(
                        settings.probes(), store, served, listener.localAddress(), components, clock, registry))
                : Optional.empty();
        return new HostedCache(store, pulls, keys, quarantine, content, listener, version1, discovery);
    }

    /** Tells the leases of every pull that has ended. */
    private static Puller noting(FetchLeases leases, Puller puller, Clock clock) {
        return (peer, segment) -> puller.pull(peer, segment).whenComplete((result, failure) -> {
            if (result == PullResult.STORED || result == PullResult.HELD) {
                leases.pulled(segment.id(), clock.nanoTime());
            }
        });
    }

    /** HTTPS takes version 1.0 offers and nothing else, and HTTP none of them (MS-PCHC 2.1). */
    private static void listenForVersion1(
            HostedCacheSettings settings,
            HostedCacheSettings.HttpsSettings https,
            Components components,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry,
            Consumer<ChannelPipeline> handlers) {
        ServerTls tls = components.add("tls", ServerTls.start(https.tls(), clock, registry));
        HttpListenerSettings listening = HttpListenerSettings.of(ListenAddress.resolve(settings.bind(), https.port()))
                .withMaxConnections(settings.maxConnections())
                .withMaxRequestBytes(HostedCacheRequest.MAX_REQUEST_BYTES);
        HttpListener listener =
                components.add("https", HttpListener.bind("https", listening, tls, loops, clock, registry, handlers));
        components.serves("https", listener.localAddress());
    }

    /** Where clients offer and fetch. */
    public InetSocketAddress address() {
        return listener.localAddress();
    }

    /** Whether the store holds and the pulls are over: nothing waits and nothing is under way. */
    public boolean isQuiet() {
        return pulls.wanted() == 0;
    }

    /** What takes version 1.0 offers. */
    OfferHandler version1() {
        return version1;
    }

    /** What answers probes; empty when nothing does. */
    Optional<Discovery> discovery() {
        return discovery;
    }

    BlockStore store() {
        return store;
    }

    ContentMetrics content() {
        return content;
    }

    SegmentPulls pulls() {
        return pulls;
    }

    Quarantine quarantine() {
        return quarantine;
    }

    /** How the subscription to a manifest stands; empty when there is none. */
    Optional<SubscriptionStatus> manifestStatus() {
        return keys instanceof ListedKeys listed
                ? Optional.of(listed.subscription().status())
                : Optional.empty();
    }

    StoreStatistics statistics() {
        return store.statistics();
    }

    private static BlockStore openStore(HostedCacheSettings settings, Clock clock, MeterRegistry registry) {
        try {
            BlockStoreSettings storing = settings.storage()
                    .apply(settings.keeping()
                            .apply(BlockStoreSettings.of(settings.dataDirectory(), settings.cacheBytes())));
            BlockStore store = BlockStore.open(storing, clock, registry);
            if (settings.storage().scrubBytesPerSecond() > 0) {
                store.scrub(settings.storage().scrubBytesPerSecond());
            }
            return store;
        } catch (BlockStoreException e) {
            throw StoreFailures.translate(e);
        }
    }

    private static ManifestSubscription subscribe(
            ManifestSettings settings, Path dataDirectory, Clock clock, MeterRegistry registry) {
        try {
            return ManifestSubscription.start(settings, dataDirectory, clock, new SecureRandom(), registry);
        } catch (BlockStoreException e) {
            throw StoreFailures.translate(e);
        }
    }

    /** Connections are few per peer and short-lived: an offer is pulled once, and then the peer is left alone. */
    private static RetrievalClientSettings clientSettings(HostedCacheSettings settings) {
        return RetrievalClientSettings.DEFAULT
                .withRequestTimeout(settings.requestTimeout())
                .withMaxConnectionsPerPeer(Math.min(settings.maxPullsPerPeer() * 2, 32))
                .withMaxPeers(PullSchedule.MAX_PEERS)
                .withIdleTimeout(PEER_IDLE_TIMEOUT);
    }

    private static HttpListenerSettings listenerSettings(HostedCacheSettings settings) {
        return HttpListenerSettings.of(ListenAddress.resolve(settings.bind(), settings.httpPort()))
                .withMaxConnections(settings.maxConnections())
                .withMaxRequestBytes(RetrievalCodec.MAX_REQUEST_BYTES)
                .withWriteStallTimeout(settings.uploadTimeout());
    }
}
