// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import java.nio.channels.FileChannel;

/**
 * One block at rest as it travels in a {@code MSG_BLK}: ciphertext in a file, and the initialization vector it was
 * encrypted with. While it is open the file region keeps its bytes; close it when they have been sent. Safe to use from
 * one thread at a time; {@link #close()} may come from another and is idempotent.
 */
public interface StoredBlock extends AutoCloseable {
    /** The block's index in its segment, 0 to 511. */
    int blockIndex();

    /** How the bytes are encrypted. */
    CryptoAlgorithm cryptoAlgorithm();

    /** The initialization vector: 16 octets, or none without encryption. */
    byte[] initializationVector();

    /** The file that holds the ciphertext. Not to be closed by the reader. */
    FileChannel channel();

    /** Where in the file the ciphertext starts. */
    long position();

    /**
     * Which of the records that the source has had of this block since it was opened this is: while it is the same, so are
     * the octets.
     */
    default long revision() {
        return position();
    }

    /** Octets of ciphertext. */
    int ciphertextBytes();

    /**
     * Octets behind the ciphertext in the file that are the trailer of {@code MSG_BLK} in wire form, as
     * {@link RetrievalCodec#blockTrailer} makes it; 0 when none are stored.
     */
    default int trailerBytes() {
        return 0;
    }

    @Override
    void close();
}
