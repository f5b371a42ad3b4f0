// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.net.ProxySelector;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits of the client that talks to the origin.
 *
 * @param connectTimeout for a connection to be made
 * @param responseTimeout for the first byte of an answer
 * @param stallTimeout for the next byte of an answer
 * @param maxContentInformationBytes content information that is longer is not read
 * @param proxies tells by which proxy an origin is asked; empty for what the Java machine is told
 */
public record OriginSettings(
        Duration connectTimeout,
        Duration responseTimeout,
        Duration stallTimeout,
        int maxContentInformationBytes,
        Optional<ProxySelector> proxies) {
    /** Ten seconds to connect, thirty to be answered, 64 MiB of content information: about 100 GiB of content. */
    public static final OriginSettings DEFAULTS =
            new OriginSettings(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), 64 << 20);

    /** Without proxies of its own. */
    public OriginSettings(
            Duration connectTimeout, Duration responseTimeout, Duration stallTimeout, int maxContentInformationBytes) {
        this(connectTimeout, responseTimeout, stallTimeout, maxContentInformationBytes, Optional.empty());
    }

    /** The same by way of these proxies. */
    public OriginSettings by(ProxySelector selector) {
        return new OriginSettings(
                connectTimeout, responseTimeout, stallTimeout, maxContentInformationBytes, Optional.of(selector));
    }
}
