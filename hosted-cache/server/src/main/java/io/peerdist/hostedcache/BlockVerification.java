// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.BlockVerifier;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.retrieval.BlockVerifiers;
import io.peerdist.runtime.digest.Digests;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds blocks to the description of their segment (MS-PCCRC 2.2). Decrypting and hashing take a while: not for event
 * loops. Each thread that verifies at a time has a verifier with room for a block of its own, which the next one uses again.
 * Thread-safe.
 */
final class BlockVerification {
    /** What all clients understand, also those that cannot use unencrypted blocks, such as iPXE. */
    private static final CryptoAlgorithm STORED_ALGORITHM = CryptoAlgorithm.AES_128;

    private final RandomGenerator random;
    private final BlockVerifiers verifiers = new BlockVerifiers(Digests::newDigest);

    /** {@code random} makes initialization vectors. */
    BlockVerification(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The block as it is to be stored, or null when it is not the block: as it came, or encrypted when it came without
     * encryption.
     *
     * @param description lists the block's hash
     */
    @Nullable
    BlockResponse verified(BlockResponse block, SegmentDescription description) {
        BlockVerifier verifier = verifiers.take();
        try {
            ByteBuffer plain = verifier.room(description.blockLength(block.blockIndex()));
            BlockVerifier.Verdict verdict = verifier.decrypt(
                    description,
                    block.blockIndex(),
                    block.cryptoAlgorithm(),
                    block.initializationVector(),
                    block.ciphertext(),
                    plain);
            if (verdict != BlockVerifier.Verdict.GENUINE) {
                return null;
            }
            return block.cryptoAlgorithm() == CryptoAlgorithm.NONE
                    ? encrypted(block, description, plain.flip(), verifier.cipher())
                    : block;
        } finally {
            verifiers.giveBack(verifier);
        }
    }

    private BlockResponse encrypted(
            BlockResponse block, SegmentDescription description, ByteBuffer plain, BlockCipher cipher) {
        byte[] vector = new byte[BlockCipher.IV_BYTES];
        random.nextBytes(vector);
        ByteBuffer ciphertext = ByteBuffer.allocate(BlockCipher.ciphertextBytes(STORED_ALGORITHM, plain.remaining()));
        cipher.encrypt(STORED_ALGORITHM, description.secret(), vector, plain, ciphertext);
        return new BlockResponse(block.segmentId(), block.blockIndex(), 0, STORED_ALGORITHM, ciphertext.flip(), vector);
    }

    /** Whether what remains in {@code ciphertext} is block {@code index}. */
    boolean isBlock(
            SegmentDescription description,
            int index,
            CryptoAlgorithm algorithm,
            byte[] initializationVector,
            ByteBuffer ciphertext) {
        BlockVerifier verifier = verifiers.take();
        try {
            ByteBuffer plain = verifier.room(description.blockLength(index));
            return verifier.decrypt(description, index, algorithm, initializationVector, ciphertext, plain)
                    == BlockVerifier.Verdict.GENUINE;
        } finally {
            verifiers.giveBack(verifier);
        }
    }
}
