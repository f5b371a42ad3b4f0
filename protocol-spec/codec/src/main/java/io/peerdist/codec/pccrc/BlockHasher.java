// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Hashes one block after the other without garbage: the digests and the place for their result are made once. An
 * instance belongs to one worker, and to one thread at a time. Octets in arrays, or in buffers on arrays, are hashed where
 * they lie; those in direct and read-only buffers may pass through a small array of the digest's.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class BlockHasher {
    private static final int MAX_DIGEST_BYTES = 64; // SHA-512

    private final DigestSource source;
    private final Map<HashAlgorithm, MessageDigest> digests = new EnumMap<>(HashAlgorithm.class);
    private final byte[] result = new byte[MAX_DIGEST_BYTES];
    private @Nullable KeyedMac mac;

    /** Hashes with the Java platform's digests. */
    public BlockHasher() {
        this(DigestSource.PLATFORM);
    }

    /** Hashes with the digests of {@code source}. */
    public BlockHasher(DigestSource source) {
        this.source = source;
    }

    /**
     * Writes the hash of {@code length} octets of {@code data} from {@code offset} to {@code target}, from
     * {@code targetOffset} on: {@link HashAlgorithm#digestBytes()} octets.
     *
     * @throws IndexOutOfBoundsException when they do not lie in {@code data}, or the hash has no room in {@code target}
     */
    public void hash(
            HashAlgorithm hashAlgorithm, byte[] data, int offset, int length, byte[] target, int targetOffset) {
        update(hashAlgorithm, data, offset, length);
        finish(hashAlgorithm, target, targetOffset);
    }

    /** The same for what remains in {@code data}, whose position moves to its limit. */
    public void hash(HashAlgorithm hashAlgorithm, ByteBuffer data, byte[] target, int targetOffset) {
        update(hashAlgorithm, data);
        finish(hashAlgorithm, target, targetOffset);
    }

    /** Goes on with a block that lies in several pieces; {@link #finish} ends it. */
    public void update(HashAlgorithm hashAlgorithm, byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        digest(hashAlgorithm).update(data, offset, length);
    }

    /** Goes on with what remains in {@code data}, whose position moves to its limit. */
    public void update(HashAlgorithm hashAlgorithm, ByteBuffer data) {
        digest(hashAlgorithm).update(data);
    }

    /**
     * Writes the hash of all that was handed over since the last hash of this algorithm, and begins anew.
     *
     * @throws IndexOutOfBoundsException when the hash has no room in {@code target}
     */
    public void finish(HashAlgorithm hashAlgorithm, byte[] target, int targetOffset) {
        finish(hashAlgorithm);
        System.arraycopy(result, 0, target, targetOffset, hashAlgorithm.digestBytes());
    }

    /**
     * Whether {@code length} octets of {@code data} from {@code offset} are this block: of its length and with its hash.
     *
     * @throws IndexOutOfBoundsException for a block that is not listed
     */
    public boolean matches(SegmentDescription segment, int blockIndex, byte[] data, int offset, int length) {
        segment.requireListed(blockIndex);
        if (length != segment.blockLength(blockIndex)) {
            return false;
        }
        update(segment.hashAlgorithm(), data, offset, length);
        return finishedAs(segment, blockIndex);
    }

    /** The same for what remains in {@code data}, whose position stays where it is. */
    public boolean matches(SegmentDescription segment, int blockIndex, ByteBuffer data) {
        segment.requireListed(blockIndex);
        if (data.remaining() != segment.blockLength(blockIndex)) {
            return false;
        }
        if (data.hasArray()) { // no duplicate: the hot path makes no garbage
            update(segment.hashAlgorithm(), data.array(), data.arrayOffset() + data.position(), data.remaining());
        } else {
            update(segment.hashAlgorithm(), data.duplicate());
        }
        return finishedAs(segment, blockIndex);
    }

    /**
     * Writes a segment's secret, Kp = HMAC(Ks, HoD), to {@code target} from {@code targetOffset} on.
     *
     * @param hashOfData holds HoD from {@code offset} on, of the algorithm of {@code serverSecret}
     */
    public void deriveSecret(
            ServerSecret serverSecret, byte[] hashOfData, int offset, byte[] target, int targetOffset) {
        int digestBytes = serverSecret.hashAlgorithm().digestBytes();
        KeyedMac known = mac;
        if (known == null || !known.key.equals(serverSecret)) {
            known = new KeyedMac(serverSecret, serverSecret.hashAlgorithm().newMac(serverSecret.toByteArray()));
            mac = known;
        }
        known.mac.update(hashOfData, offset, digestBytes);
        System.arraycopy(known.mac.doFinal(), 0, target, targetOffset, digestBytes);
    }

    private boolean finishedAs(SegmentDescription segment, int blockIndex) {
        finish(segment.hashAlgorithm());
        return segment.isBlockHash(blockIndex, result);
    }

    private void finish(HashAlgorithm hashAlgorithm) {
        try {
            digest(hashAlgorithm).digest(result, 0, result.length);
        } catch (DigestException e) {
            throw new IllegalStateException("digest: longer than " + MAX_DIGEST_BYTES + " octets", e);
        }
    }

    private MessageDigest digest(HashAlgorithm hashAlgorithm) {
        MessageDigest digest = digests.get(hashAlgorithm);
        if (digest == null) {
            digest = hashAlgorithm.newDigest(source);
            digests.put(hashAlgorithm, digest);
        }
        return digest;
    }

    /** Forgets what {@link #update} was given, the last hash and the last server secret. */
    public void reset() {
        digests.values().forEach(MessageDigest::reset);
        Arrays.fill(result, (byte) 0);
        mac = null;
    }

    /** The HMAC of the server secret used last. */
    private record KeyedMac(ServerSecret key, Mac mac) {}
}
