// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One block, {@code MSG_BLK}; an empty one when the answering peer has not got it. Immutable as long as its holders leave
 * the arrays alone: they are wrapped, not copied, as a block is large.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.5.3</a>
 */
public final class BlockResponse implements RetrievalResponse {
    private static final byte[] NO_OCTETS = {};

    private final SegmentId segmentId;
    private final int blockIndex;
    private final int nextBlockIndex;
    private final CryptoAlgorithm cryptoAlgorithm;
    private final byte[] octets;
    private final int offset;
    private final int length;
    private final byte[] initializationVector;

    /**
     * Wraps {@code block} and {@code initializationVector}.
     *
     * @param blockIndex 0 to 511
     * @param nextBlockIndex the first block after {@code blockIndex} that the sender holds, 0 when there is none
     * @param block the block as encrypted with {@code cryptoAlgorithm}; with AES a multiple of 16 octets; empty when the
     *     sender has not got it
     * @param initializationVector 16 octets when {@code block} is encrypted, otherwise none
     * @throws IllegalArgumentException for an index above 511 or a wrong length
     */
    public BlockResponse(
            SegmentId segmentId,
            int blockIndex,
            int nextBlockIndex,
            CryptoAlgorithm cryptoAlgorithm,
            byte[] block,
            byte[] initializationVector) {
        this(segmentId, blockIndex, nextBlockIndex, cryptoAlgorithm, ByteBuffer.wrap(block), initializationVector);
    }

    /**
     * As the other constructor, wrapping what remains in {@code block}, a buffer on an array. The octets around it may be
     * those of the message it came in.
     */
    public BlockResponse(
            SegmentId segmentId,
            int blockIndex,
            int nextBlockIndex,
            CryptoAlgorithm cryptoAlgorithm,
            ByteBuffer block,
            byte[] initializationVector) {
        BlockRange.checkIndex("block index", blockIndex);
        BlockRange.checkIndex("next block index", nextBlockIndex);
        boolean encrypted = cryptoAlgorithm != CryptoAlgorithm.NONE && block.hasRemaining();
        if (initializationVector.length != (encrypted ? BlockCipher.IV_BYTES : 0)) {
            throw new IllegalArgumentException("initialization vector length: " + initializationVector.length
                    + " (expected: " + (encrypted ? BlockCipher.IV_BYTES : 0) + ")");
        }
        if (encrypted && block.remaining() % BlockCipher.CIPHER_BLOCK_BYTES != 0) {
            throw new IllegalArgumentException("block length: " + block.remaining() + " (expected: a multiple of "
                    + BlockCipher.CIPHER_BLOCK_BYTES + ")");
        }
        this.segmentId = segmentId;
        this.blockIndex = blockIndex;
        this.nextBlockIndex = nextBlockIndex;
        this.cryptoAlgorithm = cryptoAlgorithm;
        this.octets = block.array();
        this.offset = block.arrayOffset() + block.position();
        this.length = block.remaining();
        this.initializationVector = initializationVector;
    }

    /** The answer of a peer that has not got block {@code blockIndex}. */
    public static BlockResponse missing(SegmentId segmentId, int blockIndex, int nextBlockIndex) {
        return new BlockResponse(segmentId, blockIndex, nextBlockIndex, CryptoAlgorithm.NONE, NO_OCTETS, NO_OCTETS);
    }

    /** The segment of the request. */
    public SegmentId segmentId() {
        return segmentId;
    }

    /** Which block this is, 0 to 511. */
    public int blockIndex() {
        return blockIndex;
    }

    /** The next block that the sender holds, 0 when there is none; a hint that no reader here depends on. */
    public int nextBlockIndex() {
        return nextBlockIndex;
    }

    /** How the block is encrypted. */
    public CryptoAlgorithm cryptoAlgorithm() {
        return cryptoAlgorithm;
    }

    /** The block as encrypted; a copy when it came among other octets. */
    public byte[] block() {
        return length == octets.length ? octets : Arrays.copyOfRange(octets, offset, offset + length);
    }

    /** The block as encrypted; a new buffer on the array that is wrapped here. */
    public ByteBuffer ciphertext() {
        return ByteBuffer.wrap(octets, offset, length).slice();
    }

    /** Octets of the block as encrypted. */
    public int ciphertextBytes() {
        return length;
    }

    /** 16 octets when the block is encrypted, otherwise none; not a copy. */
    public byte[] initializationVector() {
        return initializationVector;
    }

    /** Whether the sender has not got the block. */
    public boolean isEmpty() {
        return length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockResponse that
                && segmentId.equals(that.segmentId)
                && blockIndex == that.blockIndex
                && nextBlockIndex == that.nextBlockIndex
                && cryptoAlgorithm == that.cryptoAlgorithm
                && ciphertext().equals(that.ciphertext())
                && Arrays.equals(initializationVector, that.initializationVector);
    }

    @Override
    public int hashCode() {
        return 31 * segmentId.hashCode() + blockIndex;
    }

    @Override
    public String toString() {
        return "BlockResponse[" + segmentId + ", block " + blockIndex + ", next " + nextBlockIndex + ", "
                + cryptoAlgorithm + ", " + length + " octets]";
    }
}
