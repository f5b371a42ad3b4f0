// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.OfferResponse;
import java.net.InetAddress;
import java.util.function.Consumer;

/** Takes the offers of one version of the protocol. Called on event loops, so it must not block. Thread-safe. */
interface OfferReceiver {
    /** The major version whose messages it takes. */
    int majorVersion();

    /**
     * Takes {@code request}, which is of that version and came from {@code from}. The answer is given once, at once or later,
     * on any thread, and never waits for anything to be pulled.
     */
    void receive(InetAddress from, HostedCacheRequest request, Consumer<OfferResponse> answer);
}
