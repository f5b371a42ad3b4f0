// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.nio.ByteBuffer;

/**
 * Decrypts blocks and holds them to the description of their segment, one after the other, with constant garbage. An
 * instance belongs to one worker, and to one thread at a time. 64 KiB take some tens of microseconds: not for event loops.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1.5.3 and 5.1</a>
 */
public final class BlockVerifier implements AutoCloseable {
    private final BlockCipher cipher = new BlockCipher();
    private final BlockHasher hasher;
    private byte[] plain = {};

    /** What a block from elsewhere turned out to be. */
    public enum Verdict {
        /** The block: its octets have the listed hash. */
        GENUINE,
        /** Not the block: its ciphertext or initialization vector has a length that cannot be. */
        WRONG_LENGTH,
        /** Not the block: its octets have another hash. */
        WRONG_HASH
    }

    /** @param digests where the hash functions come from */
    public BlockVerifier(DigestSource digests) {
        hasher = new BlockHasher(digests);
    }

    /**
     * Decrypts what remains in {@code ciphertext} to {@code target} and holds it to the listed hash of the block. When
     * the verdict is {@link Verdict#GENUINE} the position of {@code target} has moved behind the block, and otherwise
     * stays, with undefined octets behind it. The position of {@code ciphertext} stays. They must not share octets.
     *
     * @param initializationVector as received; without encryption not looked at
     * @param target has room for {@link SegmentDescription#blockLength} octets
     * @throws IndexOutOfBoundsException for a block that is not listed
     * @throws IllegalArgumentException when {@code target} has not enough room, or for a secret too short for the algorithm
     */
    public Verdict decrypt(
            SegmentDescription segment,
            int blockIndex,
            CryptoAlgorithm algorithm,
            byte[] initializationVector,
            ByteBuffer ciphertext,
            ByteBuffer target) {
        int plainBytes = segment.blockLength(blockIndex);
        if (target.remaining() < plainBytes) {
            throw new IllegalArgumentException(
                    "target octets: " + target.remaining() + " (expected: at least " + plainBytes + ")");
        }
        if (!BlockCipher.isSound(algorithm, initializationVector, ciphertext.remaining(), plainBytes)) {
            return Verdict.WRONG_LENGTH;
        }
        int start = target.position();
        ByteBuffer plain = target.slice(start, plainBytes);
        cipher.decrypt(algorithm, segment.secret(), initializationVector, ciphertext.duplicate(), plain);
        if (!hasher.matches(segment, blockIndex, plain.flip())) {
            return Verdict.WRONG_HASH;
        }
        target.position(start + plainBytes);
        return Verdict.GENUINE;
    }

    /**
     * Holds what remains in {@code plain} to the listed hash of the block. Its position stays.
     *
     * @throws IndexOutOfBoundsException for a block that is not listed
     */
    public Verdict check(SegmentDescription segment, int blockIndex, ByteBuffer plain) {
        if (plain.remaining() != segment.blockLength(blockIndex)) {
            return Verdict.WRONG_LENGTH;
        }
        return hasher.matches(segment, blockIndex, plain) ? Verdict.GENUINE : Verdict.WRONG_HASH;
    }

    /** Room for a decrypted block of {@code bytes} octets, on an array, which the next call gives out again. */
    public ByteBuffer room(int bytes) {
        if (plain.length < bytes) {
            plain = new byte[bytes];
        }
        return ByteBuffer.wrap(plain, 0, bytes);
    }

    /** The cipher in use, for encrypting between two verdicts on the same thread. */
    public BlockCipher cipher() {
        return cipher;
    }

    /** Forgets the key and the octets seen last; the instance can be used again. */
    @Override
    public void close() {
        cipher.close();
        hasher.reset();
    }
}
