// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A hosted cache on loopback, what it counts, and a client that fetches from it. */
final class RunningCache implements AutoCloseable {
    static final String LOCAL = "127.0.0.1";
    static final String V1_REQUEST = "POST " + HostedCacheRequest.OFFER_PATH_V1 + " HTTP/1.1\nHost: cache\n";

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final HostedCache cache;

    private final Components components = new Components(Clock.system(), Duration.ofSeconds(20));
    private final RetrievalClient client;
    private final HttpListener version1;

    RunningCache(Path dataDirectory, Map<String, String> settings, SegmentKeys keys) {
        EventLoops loops = components.add("event loops", EventLoops.start("cache", 2));
        cache = HostedCache.start(settings(dataDirectory, settings), keys, components, loops, Clock.system(), registry);
        version1 = version1(loops);
        client = client(loops);
    }

    /** Version 1.0 offers without TLS: what they mean does not depend on it. */
    private HttpListener version1(EventLoops loops) {
        return components.add(
                "version 1.0",
                HttpListener.bind(
                        "version1",
                        HttpListenerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        loops,
                        Clock.system(),
                        registry,
                        pipeline -> pipeline.addLast(cache.version1())));
    }

    private RetrievalClient client(EventLoops loops) {
        return components.add(
                "client",
                new RetrievalClient(
                        loops.group(),
                        RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                        new SimpleMeterRegistry()));
    }

    /** With the keys that its settings say. */
    RunningCache(Path dataDirectory, Map<String, String> settings) {
        EventLoops loops = components.add("event loops", EventLoops.start("cache", 2));
        cache = HostedCache.start(settings(dataDirectory, settings), components, loops, Clock.system(), registry);
        version1 = version1(loops);
        client = client(loops);
    }

    RunningCache(Path dataDirectory) {
        this(dataDirectory, Map.of(), SegmentKeys.NONE);
    }

    /** Settings for a test: any port of loopback, a small store, and patience, with {@code other} on top. */
    static HostedCacheSettings settings(Path dataDirectory, Map<String, String> other) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "data-dir", dataDirectory.toString(),
                "cache-size", "64MiB",
                "bind", LOCAL,
                "http-port", "0",
                "request-timeout", "20s"));
        values.putAll(other);
        SettingOverrides overrides = SettingOverrides.none();
        values.forEach((key, value) -> overrides.put("hosted-cache." + key, "--" + key, value));
        ConfigurationReader reader = ConfigurationReader.open(null, Set.of(HostedCacheSettings.SECTION), overrides);
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        return settings;
    }

    InetSocketAddress address() {
        return cache.address();
    }

    /** The answer to a version 1.0 offer from {@code from}. */
    OfferResponse offer(String from, HostedCacheRequest request) throws IOException {
        try (OfferingClient offering = new OfferingClient(version1.localAddress(), from)) {
            return answer(offering.send(V1_REQUEST, request.encode()));
        }
    }

    OfferResponse offer(HostedCacheRequest request) throws IOException {
        return offer(LOCAL, request);
    }

    static OfferResponse answer(OfferingClient.Response response) {
        if (response.status() != 200) {
            throw new AssertionError("status: " + response.status());
        }
        ByteBuffer body = ByteBuffer.allocate(response.body().size());
        response.body().forEach(body::put);
        return OfferResponse.decode(body.flip());
    }

    InetSocketAddress version1Address() {
        return version1.localAddress();
    }

    double pulls(String result) {
        return count("peerdist_pull_segments", "result", result);
    }

    double offers(String result) {
        return count("peerdist_offer_segments", "result", result);
    }

    double faults(String reason) {
        return count("peerdist_pull_faults", "reason", reason);
    }

    double count(String counter) {
        return registry.get(counter).counter().count();
    }

    double gauge(String gauge, String tag, String value) {
        return registry.get(gauge).tag(tag, value).gauge().value();
    }

    /** What a daemon would print. */
    String readyLine() {
        return components.readyLine();
    }

    double count(String counter, String tag, String value) {
        return registry.get(counter).tag(tag, value).counter().count();
    }

    /** Waits until {@code offered} offers were taken for pulling and nothing is under way. */
    void awaitQuiet(int offered) {
        Await.until(offered + " offers done with", () -> offers("queued") >= offered && cache.isQuiet());
    }

    BlockResponse block(SegmentId id, int index) {
        return Await.result(client.getBlock(address(), id, index));
    }

    BlockRanges blocks(SegmentId id, int count) {
        return Await.result(client.getBlockList(address(), id, BlockRanges.first(count)));
    }

    @Override
    public void close() {
        components.close();
    }
}
