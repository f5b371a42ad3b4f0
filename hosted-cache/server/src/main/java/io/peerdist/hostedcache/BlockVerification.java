// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.wire.MalformedMessageException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Holds blocks to the description of their segment (MS-PCCRC 2.2). Decrypting and hashing take a while: not for event loops. */
final class BlockVerification {
    /** What all clients understand, also those that cannot use unencrypted blocks, such as iPXE. */
    private static final CryptoAlgorithm STORED_ALGORITHM = CryptoAlgorithm.AES_128;

    private BlockVerification() {}

    /**
     * The block as it is to be stored, or null when it is not the block: as it came, or encrypted when it came without
     * encryption.
     *
     * @param description lists the block's hash
     * @param random for initialization vectors
     */
    static @Nullable BlockResponse verified(
            BlockResponse block, SegmentDescription description, RandomGenerator random) {
        byte[] plain = plain(
                description, block.blockIndex(), block.cryptoAlgorithm(), block.initializationVector(), block.block());
        if (plain == null || block.cryptoAlgorithm() != CryptoAlgorithm.NONE) {
            return plain == null ? null : block;
        }
        byte[] vector = new byte[BlockCipher.IV_BYTES];
        random.nextBytes(vector);
        byte[] ciphertext = BlockCipher.encrypt(STORED_ALGORITHM, description.secret(), vector, plain, 0, plain.length);
        return new BlockResponse(block.segmentId(), block.blockIndex(), 0, STORED_ALGORITHM, ciphertext, vector);
    }

    /** The block's content, or null when it does not have the listed hash of block {@code index}. */
    static byte @Nullable [] plain(
            SegmentDescription description,
            int index,
            CryptoAlgorithm algorithm,
            byte[] initializationVector,
            byte[] ciphertext) {
        byte[] plain;
        try {
            plain = BlockCipher.decrypt(
                    algorithm, description.secret(), initializationVector, ciphertext, description.blockLength(index));
        } catch (MalformedMessageException e) {
            return null; // of a length that cannot be, and so not the block
        }
        return description.matches(index, plain, 0, plain.length) ? plain : null;
    }
}
