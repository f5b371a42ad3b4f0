// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A segment that waits to be pulled or is being pulled, and who offered it. */
final class WantedSegment {
    /** Offers remembered besides the one that is followed; more would only cost memory. */
    static final int MAX_OTHER_OFFERS = 4;

    private final InetAddress offeredFrom;
    private final int offeredBytes;
    private Offer offer;
    private List<Offer> others = List.of(); // most segments are offered once: no memory for others before that
    private int attempts;

    /** What a peer says it has; two peers may describe one segment differently, and one of them may lie. */
    private record Offer(InetSocketAddress peer, OfferedSegment segment) {}

    WantedSegment(InetSocketAddress peer, OfferedSegment segment) {
        this.offer = new Offer(peer, segment);
        this.offeredFrom = peer.getAddress();
        this.offeredBytes = segment.segmentBytes();
    }

    /** The segment as the peer that is to be asked describes it. */
    OfferedSegment offered() {
        return offer.segment();
    }

    /** The address whose share of the queue the segment takes, whoever is asked for it later. */
    InetAddress offeredFrom() {
        return offeredFrom;
    }

    /** The segment's length as that address said it, whatever others say later. */
    int offeredBytes() {
        return offeredBytes;
    }

    /** Octets of block hashes that this keeps in memory. */
    int descriptionBytes() {
        int bytes = offer.segment().descriptionBytes();
        for (Offer other : others) {
            bytes += other.segment().descriptionBytes();
        }
        return bytes;
    }

    /** How often the peer was asked. */
    int attempts() {
        return attempts;
    }

    void attempted() {
        attempts++;
    }

    /** Remembers another offer; false when its peer is known or there is no room. */
    boolean remember(InetSocketAddress peer, OfferedSegment segment) {
        if (others.size() >= MAX_OTHER_OFFERS
                || peer.equals(offer.peer())
                || others.stream().anyMatch(other -> other.peer().equals(peer))) {
            return false;
        }
        List<Offer> more = new ArrayList<>(others);
        more.add(new Offer(peer, segment));
        others = more;
        return true;
    }

    /** Turns to the next remembered offer and returns its peer; null when there is none. */
    @Nullable
    InetSocketAddress turnToOther() {
        if (others.isEmpty()) {
            return null;
        }
        offer = others.remove(0);
        attempts = 0;
        return offer.peer();
    }
}
