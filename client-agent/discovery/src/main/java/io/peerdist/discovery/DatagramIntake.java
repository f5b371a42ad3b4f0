// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.discovery.message.DiscoveryDecoder;
import io.peerdist.discovery.message.DiscoveryMessage;
import io.peerdist.discovery.message.Probe;
import io.peerdist.discovery.message.ProbeMatches;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which datagrams are looked at, the cheapest questions first, and gives messages to the roles. Lives on one thread.
 */
final class DatagramIntake {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramIntake.class);

    private final LocalNetworks networks;
    private final RateLimiter limiter;
    private final LongSupplier nanoTime;
    private final Requester requester;
    private final @Nullable Responder responder;
    private final DiscoveryMetrics metrics;
    private final DiscoveryDecoder decoder = new DiscoveryDecoder();

    /** @param responder null when probes are not answered */
    DatagramIntake(
            LocalNetworks networks,
            RateLimits limits,
            LongSupplier nanoTime,
            Requester requester,
            @Nullable Responder responder,
            DiscoveryMetrics metrics) {
        this.networks = networks;
        this.nanoTime = nanoTime;
        this.requester = requester;
        this.responder = responder;
        this.metrics = metrics;
        limiter = new RateLimiter(limits, nanoTime.getAsLong());
    }

    void receive(InetSocketAddress from, ByteBuffer datagram) {
        metrics.datagram(take(from, datagram));
    }

    private DatagramResult take(InetSocketAddress from, ByteBuffer datagram) {
        if (datagram.remaining() > DiscoveryDecoder.MAX_MESSAGE_BYTES) {
            return DatagramResult.OVERSIZE;
        }
        LocalNetwork network = networks.of(from.getAddress());
        if (network == null || from.getPort() == 0) {
            return DatagramResult.OFF_SUBNET;
        }
        DatagramResult admitted = limiter.admit(from.getAddress(), nanoTime.getAsLong());
        if (admitted != DatagramResult.TAKEN) {
            return admitted;
        }
        Optional<DiscoveryMessage> message;
        try {
            message = decoder.decode(datagram);
        } catch (MalformedMessageException e) {
            LOG.debug("datagram from {}: {}", from, e.getMessage());
            return DatagramResult.MALFORMED;
        }
        if (message.isEmpty()) {
            return DatagramResult.OTHER_SERVICE;
        }
        dispatch(from, network, message.get());
        return DatagramResult.TAKEN;
    }

    private void dispatch(InetSocketAddress from, LocalNetwork network, DiscoveryMessage message) {
        if (message instanceof ProbeMatches matches) {
            requester.receive(from, matches);
        } else if (responder != null && message instanceof Probe probe) {
            responder.receive(from, network, probe, requester::isOutstanding);
        }
    }
}
