// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The hash function of a content information: it makes the block hashes and, through HMAC, the segment secret and the
 * segment id. The first three belong to version 1.0, the truncated one is the only one of version 2.0.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2, 2.3 and 2.4</a>
 */
public enum HashAlgorithm {
    /** Version 1.0, the one that Windows 7 takes. */
    SHA_256(0x800C, 32, "SHA-256", "HmacSHA256"),
    /** Version 1.0. */
    SHA_384(0x800D, 48, "SHA-384", "HmacSHA384"),
    /** Version 1.0. */
    SHA_512(0x800E, 64, "SHA-512", "HmacSHA512"),
    /** Version 2.0: the first 256 bits of SHA-512 (not SHA-512/256, which starts from other constants). */
    TRUNCATED_SHA_512(0x04, 32, "SHA-512", "HmacSHA512");

    private static final HashAlgorithm[] ALL = values();

    private final int id;
    private final int digestBytes;
    private final String digestName;
    private final String macName;

    HashAlgorithm(int id, int digestBytes, String digestName, String macName) {
        this.id = id;
        this.digestBytes = digestBytes;
        this.digestName = digestName;
        this.macName = macName;
    }

    /** The value on the wire: {@code dwHashAlgo} of version 1.0, {@code bHashAlgo} of version 2.0. */
    public int id() {
        return id;
    }

    /** Octets of a hash, after the cut: 32, 48 or 64. */
    public int digestBytes() {
        return digestBytes;
    }

    /** The content information version this algorithm belongs to, 1 or 2. */
    public int contentInformationVersion() {
        return this == TRUNCATED_SHA_512 ? 2 : 1;
    }

    /** A new digest of the Java platform; take its result through {@link #finish}, which makes the cut. */
    public MessageDigest newDigest() {
        return newDigest(DigestSource.PLATFORM);
    }

    /** A new digest of {@code source}; take its result through {@link #finish}, which makes the cut. */
    public MessageDigest newDigest(DigestSource source) {
        return source.newDigest(digestName);
    }

    /** The digest's result, {@link #digestBytes()} octets, which resets it. */
    public byte[] finish(MessageDigest digest) {
        return cut(digest.digest());
    }

    /** The hash of {@code length} octets of {@code input} from {@code offset}. */
    public byte[] hash(byte[] input, int offset, int length) {
        MessageDigest digest = newDigest();
        digest.update(input, offset, length);
        return finish(digest);
    }

    /** The HMAC of the concatenated {@code parts}, {@link #digestBytes()} octets; {@code key} is not empty. */
    public byte[] hmac(byte[] key, byte[]... parts) {
        Mac mac = newMac(key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return cut(mac.doFinal());
    }

    /** A new HMAC with this key, whose result is to be cut to {@link #digestBytes()} octets. */
    Mac newMac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(macName);
            mac.init(new SecretKeySpec(key, macName));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("MAC: " + macName + " (expected: in every Java platform)", e);
        }
    }

    /** The algorithm of this version (1 or 2) with this value on the wire, or null when there is none. */
    static @Nullable HashAlgorithm ofId(int contentInformationVersion, long id) {
        for (HashAlgorithm algorithm : ALL) {
            if (algorithm.id == id && algorithm.contentInformationVersion() == contentInformationVersion) {
                return algorithm;
            }
        }
        return null;
    }

    /** Fails unless a hash or secret of {@code length} octets can be of this algorithm. */
    void requireDigestBytes(String name, int length) {
        if (length != digestBytes) {
            throw new IllegalArgumentException(
                    name + " length: " + length + " (expected: " + digestBytes + " for " + this + ")");
        }
    }

    private byte[] cut(byte[] digest) {
        return digest.length == digestBytes ? digest : Arrays.copyOf(digest, digestBytes);
    }
}
