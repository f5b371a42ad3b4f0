// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import org.jspecify.annotations.Nullable;

/** The accepting side of one authentication, RFC 2743 1.1.3. One thread at a time. */
interface SecurityContext extends AutoCloseable {
    /** What one token of the client led to. */
    sealed interface Step {}

    /**
     * The client is who it says.
     *
     * @param client its principal, {@code PC1$@CORP.EXAMPLE}
     * @param service the principal that its ticket is for
     * @param token what proves this service to the client, in base64; null when the client does not ask for it
     */
    record Established(
            String client, String service, @Nullable String token) implements Step {}

    /**
     * The client has to send another token.
     *
     * @param token what it needs for that, in base64
     */
    record Incomplete(String token) implements Step {}

    /**
     * The token proves nothing.
     *
     * @param reason for the log; holds no secret
     */
    record Refused(String reason) implements Step {}

    /** Takes a token of the client. May compute for a while, but asks nobody. */
    Step accept(byte[] token);

    @Override
    void close();
}
