// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import io.peerdist.codec.wire.OctetString;
import java.util.HexFormat;

/**
 * Names one numbering of manifest entries: a publisher makes it at random once and keeps it as long as its sequence
 * numbers go on. 16 octets, of which all zero means none. Immutable.
 */
public final class FeedId extends OctetString {
    /** Octets of an identifier. */
    public static final int BYTES = 16;

    /** The identifier of a subscriber that has none yet; no publisher uses it. */
    public static final FeedId NONE = new FeedId(new byte[BYTES]);

    private FeedId(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}; throws {@link IllegalArgumentException} for another length than 16. */
    public static FeedId of(byte[] octets) {
        if (octets.length != BYTES) {
            throw new IllegalArgumentException("feed id length: " + octets.length + " (expected: " + BYTES + ")");
        }
        return new FeedId(octets);
    }

    /** Reads 32 hexadecimal digits of either case; throws {@link IllegalArgumentException} for anything else. */
    public static FeedId ofHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }
}
