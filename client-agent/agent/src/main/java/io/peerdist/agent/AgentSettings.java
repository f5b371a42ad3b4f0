// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.runtime.HostPort;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * Settings of an {@link Agent}.
 *
 * @param dataDirectory where the local cache lies
 * @param dataDirectoryRequired whether to fail when it cannot be used; otherwise the agent goes on without local cache
 * @param cacheBytes how much the local cache may hold
 * @param hostedCaches in order of preference
 * @param retrievalBind where others fetch from this agent; port 0 means any
 * @param maxSessions blocks served at once; above it the answers are empty. 1 to 16,384 (MS-PCCRR note 13)
 * @param offers how downloads are offered to the hosted caches
 * @param origin limits towards origins
 * @param receiveBytesPerSecond what all downloads together may take from the network; 0: no limit
 */
public record AgentSettings(
        Path dataDirectory,
        boolean dataDirectoryRequired,
        long cacheBytes,
        List<HostPort> hostedCaches,
        InetSocketAddress retrievalBind,
        int maxSessions,
        OfferSettings offers,
        OriginSettings origin,
        long receiveBytesPerSecond) {
    /** MS-PCCRR 3.2.1. */
    public static final int DEFAULT_SESSIONS = 64;

    /** MS-PCCRR note 13. */
    public static final int MAX_SESSIONS = 16_384;

    /** Five GiB. */
    public static final long DEFAULT_CACHE_BYTES = 5L << 30;

    /** More hosted caches than an office has. */
    public static final int MAX_HOSTED_CACHES = 8;

    /** Copies the list; throws {@link IllegalArgumentException} when it is too long. */
    public AgentSettings {
        hostedCaches = List.copyOf(hostedCaches);
        if (receiveBytesPerSecond < 0 || receiveBytesPerSecond > RateLimit.MAX_BYTES_PER_SECOND) {
            throw new IllegalArgumentException("bytes per second: " + receiveBytesPerSecond + " (expected: 0 to "
                    + RateLimit.MAX_BYTES_PER_SECOND + ")");
        }
        if (maxSessions < 1 || maxSessions > MAX_SESSIONS) {
            throw new IllegalArgumentException("sessions: " + maxSessions + " (expected: 1 to " + MAX_SESSIONS + ")");
        }
        if (hostedCaches.size() > MAX_HOSTED_CACHES) {
            throw new IllegalArgumentException(
                    "hosted caches: " + hostedCaches.size() + " (expected: at most " + MAX_HOSTED_CACHES + ")");
        }
    }

    /** Settings with the usual number of sessions and without limit of the rate. */
    public AgentSettings(
            Path dataDirectory,
            boolean dataDirectoryRequired,
            long cacheBytes,
            List<HostPort> hostedCaches,
            InetSocketAddress retrievalBind,
            OfferSettings offers,
            OriginSettings origin) {
        this(
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                DEFAULT_SESSIONS,
                offers,
                origin,
                0);
    }

    /** The same with another limit of what comes from the network, in bytes per second; 0: none. */
    public AgentSettings withReceiveBytesPerSecond(long limit) {
        return new AgentSettings(
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                offers,
                origin,
                limit);
    }

    /** The same, failing when the data directory cannot be used. */
    public AgentSettings withDataDirectoryRequired() {
        return new AgentSettings(
                dataDirectory,
                true,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                offers,
                origin,
                receiveBytesPerSecond);
    }
}
