// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pchc.SegmentDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A segment that waits to be pulled or is being pulled, and who offered it. Guarded by its schedule's owner. */
final class WantedSegment {
    /** Peers remembered besides the one that is asked; more would only cost memory. */
    static final int MAX_OTHER_PEERS = 4;

    private final SegmentDescriptor descriptor;
    private final InetAddress offeredFrom;
    private final Deque<InetSocketAddress> otherPeers = new ArrayDeque<>(MAX_OTHER_PEERS);
    private InetSocketAddress peer;
    private int attempts;

    WantedSegment(SegmentDescriptor descriptor, InetSocketAddress peer) {
        this.descriptor = descriptor;
        this.offeredFrom = peer.getAddress();
        this.peer = peer;
    }

    SegmentDescriptor descriptor() {
        return descriptor;
    }

    /** The address whose share of the queue the segment takes, whoever is asked for it later. */
    InetAddress offeredFrom() {
        return offeredFrom;
    }

    /** Whom to ask. */
    InetSocketAddress peer() {
        return peer;
    }

    /** How often {@link #peer} was asked. */
    int attempts() {
        return attempts;
    }

    void attempted() {
        attempts++;
    }

    /** Remembers another peer; false when it is known or there is no room. */
    boolean remember(InetSocketAddress other) {
        return !other.equals(peer)
                && !otherPeers.contains(other)
                && otherPeers.size() < MAX_OTHER_PEERS
                && otherPeers.add(other);
    }

    /** Turns to the next remembered peer and returns it; null when there is none. */
    @Nullable
    InetSocketAddress turnToOther() {
        InetSocketAddress other = otherPeers.poll();
        if (other != null) {
            peer = other;
            attempts = 0;
        }
        return other;
    }
}
