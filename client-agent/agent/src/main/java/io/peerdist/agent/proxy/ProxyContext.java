// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.agent.stream.ContentStreams;
import io.peerdist.runtime.Clock;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of the proxy share.
 *
 * @param streams null when files are passed on as servers send them
 * @param decoding reads content information, away from the event loops
 * @param credentials null when nobody is asked for any
 */
record ProxyContext(
        ProxySettings settings,
        ProxyMetrics metrics,
        Connector connector,
        UpstreamPool upstreams,
        PeerDistOrigins origins,
        @Nullable ContentStreams streams,
        InformationBudget informationBudget,
        Executor decoding,
        @Nullable Credentials credentials,
        Via via,
        Clock clock) {}
