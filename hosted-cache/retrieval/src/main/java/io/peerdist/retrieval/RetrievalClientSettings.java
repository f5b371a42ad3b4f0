// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.time.Duration;

/**
 * Settings of the client role.
 *
 * @param requestTimeout how long an exchange may take, from 1 ms to 1 min: from the moment it gets a connection, or begins
 *     to open one, to the last octet of the answer
 * @param maxConnectionsPerPeer connections to one peer, and so exchanges with it at once; 1 to 1,024
 * @param maxWaitingPerPeer exchanges that may wait for a connection to one peer; 0 to 65,536
 * @param maxPeers peers that connections may be open to or exchanges waiting for; 1 to 65,536
 * @param idleTimeout how long an unused connection stays open, from 1 ms to 1 h
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1.2</a>
 */
public record RetrievalClientSettings(
        Duration requestTimeout, int maxConnectionsPerPeer, int maxWaitingPerPeer, int maxPeers, Duration idleTimeout) {
    private static final Duration MAX_REQUEST_TIMEOUT = Duration.ofMinutes(1); // MS-PCCRR note 9
    private static final Duration MAX_IDLE_TIMEOUT = Duration.ofHours(1);
    private static final int MAX_CONNECTIONS = 1_024;
    private static final int MAX_ENTRIES = 65_536;

    /** 2 s (MS-PCCRR 3.1.2), 8 connections and 4,096 waiting exchanges per peer, 1,024 peers, idle for 10 s. */
    public static final RetrievalClientSettings DEFAULT =
            new RetrievalClientSettings(Duration.ofSeconds(2), 8, 4_096, 1_024, Duration.ofSeconds(10));

    /** Throws {@link IllegalArgumentException} for a value outside its range. */
    public RetrievalClientSettings {
        checkDuration("request timeout", requestTimeout, MAX_REQUEST_TIMEOUT);
        checkDuration("idle timeout", idleTimeout, MAX_IDLE_TIMEOUT);
        checkCount("connections per peer", maxConnectionsPerPeer, 1, MAX_CONNECTIONS);
        checkCount("waiting exchanges per peer", maxWaitingPerPeer, 0, MAX_ENTRIES);
        checkCount("peers", maxPeers, 1, MAX_ENTRIES);
    }

    /** These settings with another request timeout. */
    public RetrievalClientSettings withRequestTimeout(Duration requestTimeout) {
        return new RetrievalClientSettings(
                requestTimeout, maxConnectionsPerPeer, maxWaitingPerPeer, maxPeers, idleTimeout);
    }

    /** These settings with another number of connections per peer. */
    public RetrievalClientSettings withMaxConnectionsPerPeer(int maxConnectionsPerPeer) {
        return new RetrievalClientSettings(
                requestTimeout, maxConnectionsPerPeer, maxWaitingPerPeer, maxPeers, idleTimeout);
    }

    /** These settings with another number of exchanges that may wait per peer. */
    public RetrievalClientSettings withMaxWaitingPerPeer(int maxWaitingPerPeer) {
        return new RetrievalClientSettings(
                requestTimeout, maxConnectionsPerPeer, maxWaitingPerPeer, maxPeers, idleTimeout);
    }

    /** These settings with another number of peers. */
    public RetrievalClientSettings withMaxPeers(int maxPeers) {
        return new RetrievalClientSettings(
                requestTimeout, maxConnectionsPerPeer, maxWaitingPerPeer, maxPeers, idleTimeout);
    }

    /** These settings with another idle timeout. */
    public RetrievalClientSettings withIdleTimeout(Duration idleTimeout) {
        return new RetrievalClientSettings(
                requestTimeout, maxConnectionsPerPeer, maxWaitingPerPeer, maxPeers, idleTimeout);
    }

    private static void checkDuration(String name, Duration value, Duration max) {
        if (value.toMillis() < 1 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms to " + max + ")");
        }
    }

    private static void checkCount(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }
}
