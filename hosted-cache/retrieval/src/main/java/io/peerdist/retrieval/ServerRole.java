// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

/**
 * In whose name a server answers; the limits on upload sessions differ.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR notes 12 and 13</a>
 */
public enum ServerRole {
    /** A hosted cache: 1,024 sessions unless told otherwise. */
    HOSTED_CACHE("hosted_cache", 1_024, Integer.MAX_VALUE),
    /** A client that shares what it has: 64 sessions unless told otherwise, at most 16,384. */
    PEER("peer", 64, 16_384);

    private final String label;
    private final int defaultSessions;
    private final int maxSessions;

    ServerRole(String label, int defaultSessions, int maxSessions) {
        this.label = label;
        this.defaultSessions = defaultSessions;
        this.maxSessions = maxSessions;
    }

    String label() {
        return label;
    }

    int defaultSessions() {
        return defaultSessions;
    }

    /** Whether blocks can be had in their static form too. */
    boolean servesStaticBlocks() {
        return this == HOSTED_CACHE;
    }

    int maxSessions() {
        return maxSessions;
    }
}
