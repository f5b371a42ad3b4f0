// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrr.SegmentAges;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One peer that holds something of what a probe asked for. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.2.2</a>
 */
public sealed interface ProbeMatch {
    /** The most addresses of a peer that are read; there is no limit in the document. */
    int MAX_ADDRESSES = 16;

    /** Who answers, {@code urn:uuid:...}: the same for all answers of one instance. */
    String endpoint();

    /** Where the peer serves blocks: at most {@link #MAX_ADDRESSES}, none of them a name to be looked up. */
    List<InetSocketAddress> addresses();

    /** The form of this match. */
    DiscoveryVersion version();

    /**
     * A match of version 1.
     *
     * @param held the segments and how many blocks of each; at most {@link Probe#MAX_SEGMENTS}
     */
    record V1(String endpoint, List<InetSocketAddress> addresses, List<SegmentBlocks> held) implements ProbeMatch {
        /** Throws {@link IllegalArgumentException} for more than a message may hold. */
        public V1 {
            addresses = requireAddresses(endpoint, addresses);
            held = List.copyOf(held);
            if (held.isEmpty() || held.size() > Probe.MAX_SEGMENTS) {
                throw new IllegalArgumentException(
                        "segments: " + held.size() + " (expected: 1 to " + Probe.MAX_SEGMENTS + ")");
            }
        }

        @Override
        public DiscoveryVersion version() {
            return DiscoveryVersion.V1;
        }
    }

    /**
     * A match of version 2.
     *
     * @param presence for each segment of the probe, in its order; up to three more that are absent fill the last octet
     * @param ages how long the peer has held some of them, by their index in the probe, or null
     */
    record V2(
            String endpoint,
            List<InetSocketAddress> addresses,
            List<SegmentPresence> presence,
            @Nullable SegmentAges ages)
            implements ProbeMatch {
        /** What 255 segments take in whole octets of four. */
        static final int MAX_PRESENCE = Probe.MAX_SEGMENTS + 1;

        /** Throws {@link IllegalArgumentException} for more than a message may hold. */
        public V2 {
            addresses = requireAddresses(endpoint, addresses);
            presence = List.copyOf(presence);
            if (presence.isEmpty() || presence.size() > MAX_PRESENCE) {
                throw new IllegalArgumentException(
                        "segments: " + presence.size() + " (expected: 1 to " + MAX_PRESENCE + ")");
            }
        }

        @Override
        public DiscoveryVersion version() {
            return DiscoveryVersion.V2;
        }
    }

    private static List<InetSocketAddress> requireAddresses(String endpoint, List<InetSocketAddress> addresses) {
        DiscoveryMessage.requireMessageId("endpoint", endpoint);
        if (addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "addresses: " + addresses.size() + " (expected: at most " + MAX_ADDRESSES + ")");
        }
        return List.copyOf(addresses);
    }
}
