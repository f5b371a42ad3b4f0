// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The public identifier of a segment, HoHoDk: what clients ask caches and peers for. Knowing it proves no right to the
 * data. 32, 48 or 64 octets, by the hash algorithm of the content information it comes from. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class SegmentId extends OctetString {
    /** C2 of the formula. The document says ASCII; Windows computes with UTF-16LE and a terminator of two octets. */
    private static final byte[] C2 = "MS_P2P_CACHING\0".getBytes(StandardCharsets.UTF_16LE);

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

    /** HoHoDk = HMAC(Kp, HoD + C2). */
    public static SegmentId derive(HashAlgorithm hashAlgorithm, SegmentSecret secret, HashOfData hashOfData) {
        hashAlgorithm.requireDigestBytes("segment secret", secret.length());
        hashAlgorithm.requireDigestBytes("hash of data", hashOfData.length());
        return new SegmentId(hashAlgorithm.hmac(secret.toByteArray(), hashOfData.toByteArray(), C2));
    }
}
