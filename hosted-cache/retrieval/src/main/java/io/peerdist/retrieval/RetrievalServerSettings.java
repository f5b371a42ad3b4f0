// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.time.Duration;

/**
 * Settings of the server role.
 *
 * @param role hosted cache or peer
 * @param maxSessions how many requests are served at once; above it the answers are empty. From 1 to 16,384 for a peer
 * @param uploadTimeout how long a request may take from its arrival to the last octet of its answer, from 100 ms to 1 h
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.2.1, 3.2.2</a>
 */
public record RetrievalServerSettings(ServerRole role, int maxSessions, Duration uploadTimeout) {
    private static final Duration DEFAULT_UPLOAD_TIMEOUT = Duration.ofSeconds(15); // MS-PCCRR 3.2.2
    private static final Duration MIN_UPLOAD_TIMEOUT = Duration.ofMillis(100); // MS-PCCRR note 14
    private static final Duration MAX_UPLOAD_TIMEOUT = Duration.ofHours(1); // MS-PCCRR note 14

    /** Throws {@link IllegalArgumentException} for a value outside its range. */
    public RetrievalServerSettings {
        if (maxSessions < 1 || maxSessions > role.maxSessions()) {
            throw new IllegalArgumentException(
                    "upload sessions: " + maxSessions + " (expected: 1 to " + role.maxSessions() + ")");
        }
        if (uploadTimeout.compareTo(MIN_UPLOAD_TIMEOUT) < 0 || uploadTimeout.compareTo(MAX_UPLOAD_TIMEOUT) > 0) {
            throw new IllegalArgumentException("upload timeout: " + uploadTimeout + " (expected: 100 ms to 1 h)");
        }
    }

    /** The defaults of a hosted cache. */
    public static RetrievalServerSettings hostedCache() {
        return defaults(ServerRole.HOSTED_CACHE);
    }

    /** The defaults of a peer. */
    public static RetrievalServerSettings peer() {
        return defaults(ServerRole.PEER);
    }

    /** These settings with another limit on sessions. */
    public RetrievalServerSettings withMaxSessions(int maxSessions) {
        return new RetrievalServerSettings(role, maxSessions, uploadTimeout);
    }

    /** These settings with another upload timeout. */
    public RetrievalServerSettings withUploadTimeout(Duration uploadTimeout) {
        return new RetrievalServerSettings(role, maxSessions, uploadTimeout);
    }

    private static RetrievalServerSettings defaults(ServerRole role) {
        return new RetrievalServerSettings(role, role.defaultSessions(), DEFAULT_UPLOAD_TIMEOUT);
    }
}
