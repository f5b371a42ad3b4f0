// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer with segments to offer, for tests of other packages. */
public final class HostedCacheFixture implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.1";

    private final LivePeer peer;
    private final int port;
    private final List<SegmentDescriptor> segments;

    /** A peer that holds all of {@code segments} in {@code directory}. */
    public HostedCacheFixture(Path directory, List<SegmentDescriptor> segments) {
        this.peer = new LivePeer(directory);
        this.segments = segments;
        segments.forEach(peer::holdAll);
        port = peer.listen(ADDRESS);
    }

    /** {@code count} version 2.0 segments of 2,030 octets. */
    public static List<SegmentDescriptor> segments(int count) {
        List<SegmentDescriptor> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            segments.add(Segments.v2(i, 2_030));
        }
        return segments;
    }

    /** The only block of {@code segment} as the peer serves it. */
    public static BlockResponse block(SegmentDescriptor segment) {
        return Segments.block(segment, 0);
    }

    /** Offers everything. */
    public void offerTo(InetSocketAddress cache) throws IOException {
        OfferingClient.offer(cache, ADDRESS, port, segments.toArray(SegmentDescriptor[]::new));
    }

    @Override
    public void close() {
        peer.close();
    }
}
