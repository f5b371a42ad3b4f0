// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;

/**
 * The secret key of a content server: any octets, from which every segment secret of the server follows. Content servers
 * with the same key make the same segment ids. Immutable; prints redacted.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.5</a>
 */
public final class SecretKey extends OctetString {
    /** The longest key taken: the specification sets no limit, Windows makes keys of 32 octets. */
    public static final int MAX_BYTES = 65_536;

    private SecretKey(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}; throws {@link IllegalArgumentException} unless 1 to {@link #MAX_BYTES}. */
    public static SecretKey of(byte[] octets) {
        if (octets.length < 1 || octets.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "secret key length: " + octets.length + " (expected: 1 to " + MAX_BYTES + ")");
        }
        return new SecretKey(octets);
    }

    @Override
    public String toString() {
        return "SecretKey[redacted]";
    }
}
