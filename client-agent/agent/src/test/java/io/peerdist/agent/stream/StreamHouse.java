// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.origin.ContentAnswers;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSources;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.source.LocalCacheSource;
import io.peerdist.agent.source.StoredCache;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Streams over real sockets, with what tests choose of local cache and hosted caches. */
final class StreamHouse {
    static final OriginSettings ORIGIN =
            new OriginSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), 64 << 20);

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> opened = new ArrayList<>();
    Duration stallLimit = ContentStreams.STALL_LIMIT;

    <T extends AutoCloseable> T opened(T component) {
        opened.add(component);
        return component;
    }

    StoredCache cache(Path directory) {
        BlockStore store = opened(BlockStore.open(
                BlockStoreSettings.of(directory, 256 << 20), InstantSource.system(), new SimpleMeterRegistry()));
        return new StoredCache(store, new SecureRandom());
    }

    ContentStreams streams(LocalCache cache, InetSocketAddress... hostedCaches) {
        EventLoops loops = opened(EventLoops.start("test-agent", 2));
        RetrievalClient client = opened(new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT
                        .withMaxConnectionsPerPeer(16)
                        .withRequestTimeout(Duration.ofSeconds(20)),
                registry));
        DownloadEngine engine = opened(new DownloadEngine(
                ORIGIN,
                workers -> {
                    List<BlockSources> sources = new ArrayList<>();
                    sources.add(new LocalCacheSource(cache, workers));
                    for (InetSocketAddress address : hostedCaches) {
                        sources.add(new HostedCacheSource(address, client, 16, RateLimit.NONE));
                    }
                    return sources;
                },
                cache,
                RateLimit.NONE,
                System::nanoTime,
                registry));
        return opened(new ContentStreams(engine, Optional::empty, stallLimit, System::nanoTime, registry));
    }

    static OriginAnswer.Hashes hashes(URI url, byte[] content, int version) {
        return hashes(url, TestContent.information(content, version));
    }

    static OriginAnswer.Hashes hashes(URI url, ContentInformation information) {
        OriginAnswer answer = ContentAnswers.of(
                url,
                200,
                List.of(Map.entry("content-encoding", "PeerDist"), Map.entry("ETag", "\"v1\"")),
                information.encode());
        if (answer instanceof OriginAnswer.Hashes hashes) {
            return hashes;
        }
        throw new AssertionError("answer: " + answer + " (expected: hashes)");
    }

    static StreamRequest whole(TestOrigin origin, int version) {
        return StreamRequest.whole(hashes(origin.url("/file.bin"), origin.content, version), List.of());
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    double streams(String result) {
        return registry.get("peerdist_streams").tag("result", result).counter().count();
    }

    /** Closes what was opened, the last first. */
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
