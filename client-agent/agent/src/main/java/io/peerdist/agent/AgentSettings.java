// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.runtime.HostPort;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Settings of an {@link Agent}.
 *
 * @param mode where blocks are looked for; hosted caches and discovery that it does not use are left alone
 * @param dataDirectory where the local cache lies
 * @param dataDirectoryRequired whether to fail when it cannot be used; otherwise the agent goes on without local cache
 * @param cacheBytes how much the local cache may hold
 * @param hostedCaches in order of preference
 * @param retrievalBind where others fetch from this agent; port 0 means any
 * @param maxSessions blocks served at once; above it the answers are empty. 1 to 16,384 (MS-PCCRR note 13)
 * @param discovery how peers are found; empty when they are not looked for, whatever the mode
 * @param offers how downloads are offered to the hosted caches
 * @param origin limits towards origins
 * @param receiveBytesPerSecond what all downloads together may take from the network; 0: no limit
 */
public record AgentSettings(
        Mode mode,
        Path dataDirectory,
        boolean dataDirectoryRequired,
        long cacheBytes,
        List<HostPort> hostedCaches,
        InetSocketAddress retrievalBind,
        int maxSessions,
        Optional<DiscoverySettings> discovery,
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

    /** Settings of a client that fetches from these hosted caches and serves at {@code retrievalBind}, and knows no peers. */
    public static AgentSettings of(
            Path dataDirectory, long cacheBytes, List<HostPort> hostedCaches, InetSocketAddress retrievalBind) {
        return new AgentSettings(
                Mode.AUTO,
                dataDirectory,
                true,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                DEFAULT_SESSIONS,
                Optional.empty(),
                OfferSettings.DEFAULTS,
                OriginSettings.DEFAULTS,
                0);
    }

    /** The same in another mode. */
    public AgentSettings withMode(Mode other) {
        return new AgentSettings(
                other,
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                discovery,
                offers,
                origin,
                receiveBytesPerSecond);
    }

    /** The same, with or without the data directory being needed. */
    public AgentSettings withDataDirectoryRequired(boolean required) {
        return new AgentSettings(
                mode,
                dataDirectory,
                required,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                discovery,
                offers,
                origin,
                receiveBytesPerSecond);
    }

    /** The same with other ways to find peers. */
    public AgentSettings withDiscovery(DiscoverySettings other) {
        return new AgentSettings(
                mode,
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                Optional.of(other),
                offers,
                origin,
                receiveBytesPerSecond);
    }

    /** The same with other offers. */
    public AgentSettings withOffers(OfferSettings other) {
        return new AgentSettings(
                mode,
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                discovery,
                other,
                origin,
                receiveBytesPerSecond);
    }

    /** The same with other ways to ask origins. */
    public AgentSettings withOrigin(OriginSettings other) {
        return new AgentSettings(
                mode,
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                discovery,
                offers,
                other,
                receiveBytesPerSecond);
    }

    /** The same with another limit of what comes from the network, in bytes per second; 0: none. */
    public AgentSettings withReceiveBytesPerSecond(long limit) {
        return new AgentSettings(
                mode,
                dataDirectory,
                dataDirectoryRequired,
                cacheBytes,
                hostedCaches,
                retrievalBind,
                maxSessions,
                discovery,
                offers,
                origin,
                limit);
    }
}
