// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of the proxy share.
 *
 * @param credentials null when nobody is asked for any
 */
record ProxyContext(
        ProxySettings settings,
        ProxyMetrics metrics,
        Connector connector,
        UpstreamPool upstreams,
        PeerDistOrigins origins,
        @Nullable Credentials credentials,
        Via via,
        Clock clock) {}
