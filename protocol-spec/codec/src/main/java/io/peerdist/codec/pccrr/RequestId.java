// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.wire.OctetString;
import java.util.random.RandomGenerator;

/**
 * Tells the outstanding segment list requests of a peer apart: 16 octets that the answer repeats as they are. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.4.4</a>
 */
public final class RequestId extends OctetString {
    /** The length of every request identifier. */
    public static final int BYTES = 16;

    private RequestId(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}; throws {@link IllegalArgumentException} for another length than 16. */
    public static RequestId of(byte[] octets) {
        if (octets.length != BYTES) {
            throw new IllegalArgumentException("request id length: " + octets.length + " (expected: " + BYTES + ")");
        }
        return new RequestId(octets);
    }

    /** A new identifier from {@code random}. */
    public static RequestId random(RandomGenerator random) {
        byte[] octets = new byte[BYTES];
        random.nextBytes(octets);
        return new RequestId(octets);
    }
}
