// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;
import java.util.HexFormat;

/**
 * The public identifier of a segment, HoHoDk: what clients ask caches and peers for. Knowing it proves no right to the
 * data. 32, 48 or 64 octets, by the hash algorithm of the content information it comes from. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class SegmentId extends OctetString {
    private SegmentId(byte[] octets) {
        super(octets);
    }

    /** Wraps a copy of {@code octets}; throws {@link IllegalArgumentException} for another length than 32, 48 or 64. */
    public static SegmentId of(byte[] octets) {
        if (octets.length != 32 && octets.length != 48 && octets.length != 64) {
            throw new IllegalArgumentException("segment id length: " + octets.length + " (expected: 32, 48 or 64)");
        }
        return new SegmentId(octets);
    }

    /** Reads hexadecimal digits of either case; throws {@link IllegalArgumentException} for anything else. */
    public static SegmentId ofHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }
}
