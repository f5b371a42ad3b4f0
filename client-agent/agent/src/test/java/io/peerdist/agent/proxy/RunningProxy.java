// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSources;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.stream.ContentStreams;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A proxy on loopback with the settings that a test wants, and everything it needs. */
final class RunningProxy implements AutoCloseable {
    final EventLoops loops = EventLoops.start("proxy-test", 2);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final ContentStreams streams;
    final HttpProxy proxy;
    private final RetrievalClient retrieval;
    private final DownloadEngine engine;

    /** With the default settings. */
    static RunningProxy plain() {
        return new RunningProxy(how -> how);
    }

    RunningProxy(UnaryOperator<SettingOverrides> how) {
        this(how, HostLookup.SYSTEM, InetAddress::isLoopbackAddress);
    }

    /** Whose files come from these caches, and from origins. */
    RunningProxy(List<InetSocketAddress> hostedCaches) {
        this(how -> how, HostLookup.SYSTEM, InetAddress::isLoopbackAddress, hostedCaches);
    }

    RunningProxy(UnaryOperator<SettingOverrides> how, HostLookup lookup, Predicate<InetAddress> isThisMachine) {
        this(how, lookup, isThisMachine, List.of());
    }

    private RunningProxy(
            UnaryOperator<SettingOverrides> how,
            HostLookup lookup,
            Predicate<InetAddress> isThisMachine,
            List<InetSocketAddress> hostedCaches) {
        retrieval = new RetrievalClient(loops.group(), RetrievalClientSettings.DEFAULT, registry);
        ProxySettings settings = settings(how);
        engine = new DownloadEngine(
                OriginSettings.DEFAULTS.by(settings.parents()),
                workers -> hostedCaches.stream()
                        .<BlockSources>map(cache -> new HostedCacheSource(cache, retrieval, 4, RateLimit.NONE))
                        .toList(),
                LocalCache.NONE,
                RateLimit.NONE,
                System::nanoTime,
                registry);
        streams = new ContentStreams(engine, Optional::empty, System::nanoTime, registry);
        proxy = HttpProxy.start(
                settings, new HttpProxy.Environment(loops, streams, Clock.system(), registry), lookup, isThisMachine);
    }

    static ProxySettings settings(UnaryOperator<SettingOverrides> how) {
        SettingOverrides overrides = how.apply(SettingOverrides.none().put("agent.proxy.port", "port", 0));
        ConfigurationReader reader = ConfigurationReader.open(null, ConfigurationReader.SECTIONS, overrides);
        ProxySettings settings =
                ProxySettings.read(reader.section("agent").section("proxy")).orElseThrow();
        reader.finish();
        return settings;
    }

    InetSocketAddress address() {
        return proxy.address().orElseThrow();
    }

    Wire connect() throws IOException {
        return Wire.to(address());
    }

    /** One request on a connection of its own; the head of the answer, and its body. */
    Answer ask(String request) throws IOException {
        try (Wire wire = connect()) {
            wire.write(request);
            return answer(wire);
        }
    }

    static Answer answer(Wire wire) throws IOException {
        String head = wire.head();
        boolean bodyless = head.startsWith("HTTP/1.1 304");
        return new Answer(head, bodyless ? new byte[0] : wire.body(head));
    }

    Answer get(String url, String... fields) throws IOException {
        String host = url.replaceFirst("http://", "").replaceFirst("/.*", "");
        StringBuilder request = new StringBuilder("GET " + url + " HTTP/1.1\r\nHost: " + host + "\r\n");
        List.of(fields).forEach(field -> request.append(field).append("\r\n"));
        return ask(request.append("\r\n").toString());
    }

    double count(String name, String... tags) {
        Counter counter = registry.find(name).tags(tags).counter();
        return counter == null ? -1 : counter.count();
    }

    @Override
    public void close() {
        proxy.close();
        streams.close();
        engine.close();
        retrieval.close();
        loops.close();
    }

    /** What came back. */
    @SuppressWarnings("ArrayRecordComponent") // compared by tests as an array
    record Answer(String head, byte[] body) {
        int status() {
            return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ", 3)[1]);
        }

        String text() {
            return new String(body, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
