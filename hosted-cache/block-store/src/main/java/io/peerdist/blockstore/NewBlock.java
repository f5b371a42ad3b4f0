// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;

/** A block to be put. Nothing is copied: what it was made of must stay as it is until the block has been put. */
public final class NewBlock {
    private final SegmentAttributes segment;
    private final int blockIndex;
    private final CryptoAlgorithm crypto;
    private final byte[] initializationVector;
    private final ByteBuffer ciphertext;

    /**
     * A block of {@code ciphertext}'s remaining octets, whose position stays where it is.
     *
     * @param segment the segment, whose geometry must agree with what is held of it
     * @param blockIndex which of its blocks
     * @param crypto how {@code ciphertext} is encrypted
     * @param initializationVector 16 octets, or none without encryption
     * @param ciphertext in a direct buffer for the fastest way to the disk
     */
    public NewBlock(
            SegmentAttributes segment,
            int blockIndex,
            CryptoAlgorithm crypto,
            byte[] initializationVector,
            ByteBuffer ciphertext) {
        this.segment = segment;
        this.blockIndex = blockIndex;
        this.crypto = crypto;
        this.initializationVector = initializationVector;
        this.ciphertext = ciphertext;
    }

    BlockKey key() {
        return new BlockKey(segment, blockIndex);
    }

    BlockContent content(long createdMillis) {
        return BlockContent.of(crypto, initializationVector, ciphertext, createdMillis);
    }

    ByteBuffer ciphertext() {
        return ciphertext;
    }

    /** Whether its number and its lengths are those of a block of its segment. */
    boolean fits() {
        int bytes = ciphertext.remaining();
        if (blockIndex < 0
                || blockIndex >= segment.blockCount()
                || initializationVector.length != RecordHeader.ivBytesOf(crypto)) {
            return false;
        }
        int plain = segment.blockLength(blockIndex);
        if (crypto == CryptoAlgorithm.NONE) {
            return bytes == plain;
        }
        // With padding as in PKCS #7, which adds 1 to 16 octets, or with as little as makes whole cipher blocks.
        return bytes % RecordHeader.IV_BYTES == 0 && bytes >= plain && bytes <= plain + RecordHeader.IV_BYTES;
    }
}
