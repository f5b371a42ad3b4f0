// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.offer.OfferClient;
import io.peerdist.agent.offer.OfferMetrics;
import io.peerdist.agent.offer.OfferSession;
import io.peerdist.agent.offer.OfferTarget;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.source.LocalCacheSource;
import io.peerdist.agent.source.StoredCache;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.Workers;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client with its local cache: downloads, offers what it fetched to hosted caches, and serves them. Thread-safe.
 */
public final class Agent implements AutoCloseable {
    /** Connections to one hosted cache, and so blocks asked of it at a time. */
    private static final int CONNECTIONS_PER_CACHE = 16;

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
    private final DownloadEngine engine;
    private final OfferClient offers = new OfferClient();
    private final OfferMetrics offerMetrics;
    private final Workers offerThread;
    private @Nullable PeerServer server;

    private Agent(
            AgentSettings settings,
            Clock clock,
            MeterRegistry registry,
            @Nullable BlockStore store,
            List<InetSocketAddress> hostedCaches) {
        this.settings = settings;
        this.clock = clock;
        this.registry = registry;
        this.store = store;
        this.hostedCaches = hostedCaches;
        this.cache = store == null ? null : new StoredCache(store, new SecureRandom());
        this.loops = EventLoops.start("agent-io");
        this.retrieval = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withMaxConnectionsPerPeer(CONNECTIONS_PER_CACHE),
                registry);
        this.offerMetrics = new OfferMetrics(registry);
        this.offerThread = Workers.start("agent-offer", 1, MAX_WAITING_OFFERS, registry);
        LocalCache localCache = cache == null ? LocalCache.NONE : cache;
        this.limit = limit(settings.receiveBytesPerSecond(), clock, loops);
        this.engine =
                new DownloadEngine(settings.origin(), this::sources, localCache, limit, clock::nanoTime, registry);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody takes back the end of a pause
    private static RateLimit limit(long bytesPerSecond, Clock clock, EventLoops loops) {
        return bytesPerSecond == 0
                ? RateLimit.NONE
                : RateLimit.of(
                        bytesPerSecond,
                        clock::nanoTime,
                        (end, nanos) -> loops.group().schedule(end, nanos, TimeUnit.NANOSECONDS));
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
            return new Agent(settings, clock, registry, store, hostedCaches);
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

    private List<BlockSource> sources(Workers workers) {
        List<BlockSource> sources = new ArrayList<>();
        if (cache != null) {
            sources.add(new LocalCacheSource(cache, workers));
        }
        for (InetSocketAddress address : hostedCaches) {
            sources.add(new HostedCacheSource(address, retrieval, CONNECTIONS_PER_CACHE, limit));
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
        if (cache == null || hostedCaches.isEmpty() || !settings.offers().enabled()) {
            DownloadReport report = engine.download(request, listener, SegmentListener.NONE);
            if (cache != null) {
                warnOfRefusals(cache, listener);
            }
            return report;
        }
        OfferSession session = new OfferSession(
                hostedCaches.stream()
                        .map(address -> new OfferTarget(address, retrieval, offers))
                        .toList(),
                cache,
                this::serve,
                settings.offers(),
                offerMetrics,
                offerThread,
                clock::nanoTime);
        DownloadReport report = engine.download(request, listener, session);
        warnOfRefusals(cache, listener);
        return report.withOffers(session.finish(listener));
    }

    private static void warnOfRefusals(StoredCache cache, DownloadListener listener) {
        PutResult refusal = cache.takeRefusal();
        if (refusal != null) {
            listener.warning("the local cache could not keep every block (" + refusal.reason()
                    + "); what it lacks is not offered to hosted caches");
        }
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
                    new PeerServer.Binding(settings.retrievalBind(), settings.maxSessions(), loops, registry));
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

    /** What the local cache holds; empty without local cache. */
    public Optional<StoreStatistics> statistics() {
        return Optional.ofNullable(store).map(BlockStore::statistics);
    }

    /** Empties the local cache and returns how many blocks went; 0 without local cache. */
    public long flush() {
        return store == null ? 0 : store.dropAll();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (server != null) {
                server.close();
            }
        }
        engine.close();
        offerThread.close();
        retrieval.close();
        loops.close();
        if (store != null) {
            store.close();
        }
    }
}
