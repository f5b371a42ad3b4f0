// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.load;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that has much to offer: fills a store of its own, offers all of it to a hosted cache, and serves it with the
 * agent's own server until the cache has pulled it. Prints {@code prepared}, waits for a line on standard input, prints
 * octets of content and the seconds from the first offer to the last block served, and ends with its standard input.
 */
public final class OfferingPeer {
    private static final int MAX_SESSIONS = 256;
    private static final long POLL_NANOS = 1_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final double NANOS_PER_SECOND = 1e9;

    private OfferingPeer() {}

    /** {@code STORE STORE-BYTES VERSION BLOCKS SEED PORT}: the port for HTTP with version 2, for HTTPS with version 1. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        BlockStoreSettings settings = BlockStoreSettings.of(Path.of(arguments[0]), Long.parseLong(arguments[1]));
        int version = Integer.parseInt(arguments[2]);
        int blocks = Integer.parseInt(arguments[3]);
        int cachePort = Integer.parseInt(arguments[5]);
        Clock clock = Clock.system();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (BlockStore store = BlockStore.open(settings, clock, registry);
                EventLoops loops = EventLoops.start("peer");
                PeerServer server = PeerServer.start(
                        store, clock, new PeerServer.Binding(address, MAX_SESSIONS, loops, registry))) {
            OfferedContent content = new OfferedContent(store, Long.parseLong(arguments[4]));
            OfferSender sender = new OfferSender(server.address().getPort());
            Prepared prepared = prepare(version, content, blocks, sender, cachePort);
            store.sync();
            System.out.println("prepared");
            if (System.in.read() < 0) {
                return;
            }
            long start = clock.nanoTime();
            prepared.offering().run();
            awaitServed(clock, registry, prepared.ciphertextBytes());
            System.out.printf(
                    Locale.ROOT, "%d %.4f%n", prepared.contentBytes(), (clock.nanoTime() - start) / NANOS_PER_SECOND);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static Prepared prepare(
            int version, OfferedContent content, int blocks, OfferSender sender, int cachePort) {
        if (version == 1) {
            List<SegmentDescription> segments = content.version1(blocks);
            long bytes = segments.size() * (long) ContentInformation.V1_SEGMENT_BYTES;
            long ciphertext = bytes
                    / StoreFiller.BLOCK_BYTES
                    * BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, StoreFiller.BLOCK_BYTES);
            return new Prepared(bytes, ciphertext, () -> sender.version1(cachePort, segments));
        }
        List<SegmentDescriptor> segments = content.version2(blocks);
        long bytes = segments.size() * (long) StoreFiller.BLOCK_BYTES;
        return new Prepared(bytes, bytes, () -> sender.version2(cachePort, segments));
    }

    private static void awaitServed(Clock clock, MeterRegistry registry, long bytes) {
        long deadline = clock.nanoTime() + LIMIT.toNanos();
        while (registry.get("peerdist_served_bytes").counter().count() < bytes) {
            if (clock.nanoTime() > deadline) {
                throw new IllegalStateException("the hosted cache did not pull everything within " + LIMIT);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private record Prepared(long contentBytes, long ciphertextBytes, Offering offering) {}

    private interface Offering {
        void run() throws IOException, InterruptedException;
    }
}
