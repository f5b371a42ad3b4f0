// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The peers that took a request only in another version than the one its type belongs to, so that the next one costs one
 * exchange and not two. As many as {@code maxPeers}; of more, any is forgotten, and asked twice once again. What a peer
 * understands may change: it says so, and the exchange then begins anew and corrects this. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1.5.1</a>
 */
final class PeerVersions {
    private final int maxPeers;
    private final ConcurrentMap<InetSocketAddress, ProtocolVersion> versions = new ConcurrentHashMap<>();

    PeerVersions(int maxPeers) {
        this.maxPeers = maxPeers;
    }

    /** The body of {@code request} in the version that {@code peer} is known to take, if it is in that version. */
    byte[] encode(InetSocketAddress peer, RetrievalRequest request) {
        ProtocolVersion known = versions.get(peer);
        return known == null || !RetrievalCodec.isIn(request, known)
                ? RetrievalCodec.encodeRequest(request)
                : RetrievalCodec.encodeRequest(request, known);
    }

    /** The peer has answered {@code request} in {@code version}, after it had refused another one. */
    void answered(InetSocketAddress peer, RetrievalRequest request, ProtocolVersion version) {
        ProtocolVersion usual = RetrievalCodec.versionOf(ByteBuffer.wrap(RetrievalCodec.encodeRequest(request)));
        if (version.equals(usual)) {
            versions.remove(peer);
            return;
        }
        // Threads that come here at once may overshoot the bound by as many as they are.
        if (versions.size() >= maxPeers && !versions.containsKey(peer)) {
            versions.keySet().stream().findAny().ifPresent(versions::remove);
        }
        versions.put(peer, version);
    }

    /** How many peers are known to need another version. */
    int size() {
        return versions.size();
    }
}
