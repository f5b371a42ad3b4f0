// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Version 2.0: every offer is OK, and what is not held is pulled.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.1.5.3</a>
 */
final class BatchedOffers implements OfferReceiver {
    private static final int MAJOR_VERSION = 2;

    private final SegmentSource held;
    private final Quarantine quarantine;
    private final SegmentPulls pulls;
    private final PullMetrics metrics;

    BatchedOffers(SegmentSource held, Quarantine quarantine, SegmentPulls pulls, PullMetrics metrics) {
        this.held = held;
        this.quarantine = quarantine;
        this.pulls = pulls;
        this.metrics = metrics;
    }

    @Override
    public int majorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public void receive(InetAddress from, HostedCacheRequest request, Consumer<OfferResponse> answer) {
        BatchedOffer offer = (BatchedOffer) request; // the only message of this version
        metrics.offered(OfferResult.IGNORED, offer.ignoredDescriptors());
        List<OfferedSegment> lacking = new ArrayList<>();
        for (SegmentDescriptor descriptor : offer.descriptors()) {
            OfferedSegment segment = OfferedSegment.of(descriptor);
            metrics.offered(segment.tag());
            if (isHeld(segment) && !quarantine.isReoffer(from, segment.id())) {
                metrics.offered(OfferResult.HELD, 1);
            } else {
                lacking.add(segment);
            }
        }
        // Noted before it is answered, so that offers count in the order in which clients were answered.
        pulls.offer(PeerAddress.of(from, offer.port()), lacking);
        answer.accept(OfferResponse.OK);
    }

    /** As far as memory knows; what only the disk knows is looked at when the segment's turn comes. */
    private boolean isHeld(OfferedSegment segment) {
        HeldSegment known = held.peek(segment.id());
        return known != null && known.blocks().blockCount() >= segment.blockCount();
    }
}
