// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.time.Duration;

/**
 * Limits of the client that talks to the origin.
 *
 * @param connectTimeout for a connection to be made
 * @param responseTimeout for the first byte of an answer
 * @param stallTimeout for the next byte of an answer
 * @param maxContentInformationBytes content information that is longer is not read
 */
public record OriginSettings(
        Duration connectTimeout, Duration responseTimeout, Duration stallTimeout, int maxContentInformationBytes) {
    /** Ten seconds to connect, thirty to be answered, 64 MiB of content information: about 100 GiB of content. */
    public static final OriginSettings DEFAULTS =
            new OriginSettings(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), 64 << 20);
}
