// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** The octets that each client has had offered and that are not pulled yet. As many entries as there are such. Not thread-safe. */
final class OutstandingBytes {
    private final long limitBytes;
    private final Map<ClientNetwork, Long> bytes = new HashMap<>();

    OutstandingBytes(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether the client may offer more: a segment more may take it beyond the limit. */
    boolean hasRoom(InetAddress client) {
        return of(client) < limitBytes;
    }

    long of(InetAddress client) {
        return bytes.getOrDefault(ClientNetwork.of(client), 0L);
    }

    void add(InetAddress client, int segmentBytes) {
        bytes.merge(ClientNetwork.of(client), (long) segmentBytes, Long::sum);
    }

    void remove(InetAddress client, int segmentBytes) {
        bytes.computeIfPresent(
                ClientNetwork.of(client), (network, sum) -> sum > segmentBytes ? sum - segmentBytes : null);
    }

    int clients() {
        return bytes.size();
    }
}
