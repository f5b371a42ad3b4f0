// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** A content server on a port of its own, with its metrics. */
final class TestServer implements AutoCloseable {
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final ContentServer server;

    private final EventLoops loops = EventLoops.start("test-http", 2);

    TestServer(ContentServerSettings settings, Clock clock) {
        try {
            this.server = ContentServer.start(settings, loops, clock, new Random(1), registry);
        } catch (RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /** Waits for hashes as long as the slowest machine may need, so that tests of the encoding never get bytes. */
    static ContentServerSettings patient(Path root, Path data, String address) throws IOException {
        return ContentServerSettings.of(root, anyPort(address), data)
                .withOrigin(new OriginSettings(Duration.ofSeconds(20), Duration.ofSeconds(20)));
    }

    static InetSocketAddress anyPort(String address) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), 0);
    }

    InetSocketAddress address() {
        return server.localAddress();
    }

    /** The sum over all tags but the given one; 0 if nothing was counted. */
    double count(String name, String... tag) {
        return registry.find(name).tags(tag).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }
}
