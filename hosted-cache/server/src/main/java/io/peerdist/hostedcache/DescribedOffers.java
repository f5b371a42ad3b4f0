// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentInfo;
import io.peerdist.codec.wire.MalformedMessageException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Version 1.0: an initial offer is OK when all block hashes of the segment are known, and otherwise the client is asked for
 * them; then what is not held is pulled by them. A description is answered at once and judged afterwards. Both are worked
 * off one after the other, in the order they came, so that an initial offer finds what was described before it.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.1.5.1, 3.1.5.2</a>
 */
final class DescribedOffers implements OfferReceiver {
    private static final Logger log = LoggerFactory.getLogger(DescribedOffers.class);
    private static final int MAJOR_VERSION = 1;

    private final SegmentSource held;
    private final ProvenSegments proven;
    private final SegmentPulls pulls;
    private final Executor worker;
    private final PullMetrics metrics;

    /** {@code worker} has one thread. */
    DescribedOffers(
            SegmentSource held, ProvenSegments proven, SegmentPulls pulls, Executor worker, PullMetrics metrics) {
        this.held = held;
        this.proven = proven;
        this.pulls = pulls;
        this.worker = worker;
        this.metrics = metrics;
    }

    @Override
    public int majorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public void receive(InetAddress from, HostedCacheRequest request, Consumer<OfferResponse> answer) {
        InetSocketAddress peer = PeerAddress.of(from, request.port());
        if (request instanceof SegmentInfo info) {
            // Before it is answered: the client may follow up on another connection as soon as it is.
            onWorker(() -> describe(peer, info), () -> metrics.offered(OfferResult.QUEUE_FULL, 1));
            answer.accept(OfferResponse.OK);
        } else if (request instanceof InitialOffer offer) {
            onWorker(() -> answer.accept(offer(peer, offer)), () -> answer.accept(interested()));
        }
    }

    private void onWorker(Runnable step, Runnable otherwise) {
        try {
            worker.execute(step);
        } catch (RejectedExecutionException e) {
            log.debug("too many version 1.0 offers wait", e);
            otherwise.run();
        }
    }

    private OfferResponse offer(InetSocketAddress peer, InitialOffer offer) {
        OfferedSegment known = proven.find(offer.segmentId());
        if (known == null || !proven.isCertain(offer.segmentId())) {
            return interested();
        }
        pullUnlessHeld(peer, known);
        return OfferResponse.OK;
    }

    private OfferResponse interested() {
        metrics.offered(OfferResult.INTERESTED, 1);
        return OfferResponse.INTERESTED;
    }

    private void describe(InetSocketAddress peer, SegmentInfo info) {
        metrics.offered(info.contentTag());
        SegmentDescription description;
        try {
            description = info.segment();
        } catch (MalformedMessageException e) {
            log.debug("{} described a segment, but not so that it can be pulled: {}", peer, e.getMessage());
            metrics.offered(OfferResult.IGNORED, 1);
            return;
        }
        if (description.provesHashOfData()) {
            proven.learn(description, info.contentTag());
        } else if (description.listedBlockCount() == description.blockCount()) {
            // The list of all hashes does not have the hash that the identifier comes from: somebody made it up.
            log.debug("{} described segment {} with block hashes that are not its own", peer, description.id());
            metrics.offered(OfferResult.DISPROVED, 1);
            return;
        }
        pullUnlessHeld(peer, OfferedSegment.of(description, info.contentTag()));
    }

    /** What is stored only counts as held once it has been held to a proven description. */
    private void pullUnlessHeld(InetSocketAddress peer, OfferedSegment segment) {
        boolean isHeld = proven.isChecked(segment.id())
                && held.load(segment.id()).blocks().blockCount() >= segment.blockCount();
        if (isHeld) {
            metrics.offered(OfferResult.HELD, 1);
        } else {
            pulls.offer(peer, List.of(segment));
        }
    }
}
