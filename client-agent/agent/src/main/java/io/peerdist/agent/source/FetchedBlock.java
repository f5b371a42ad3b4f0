// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;

/** What a source delivered for a block. Nothing in it is verified. */
public sealed interface FetchedBlock {
    /** The source has not got the block. */
    FetchedBlock ABSENT = new Absent();

    /** See {@link #ABSENT}. */
    record Absent() implements FetchedBlock {}

    /** The block's bytes, not copied. */
    @SuppressWarnings("ArrayRecordComponent") // handed from thread to thread once, never compared
    record Plain(byte[] bytes) implements FetchedBlock {}

    /**
     * The block as it travels and rests; nothing copied.
     *
     * @param ciphertext what remains in it; who reads it leaves the position where it is
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from thread to thread once, never compared
    record Encrypted(CryptoAlgorithm algorithm, byte[] initializationVector, ByteBuffer ciphertext)
            implements FetchedBlock {
        /** With all of an array as the ciphertext. */
        public Encrypted(CryptoAlgorithm algorithm, byte[] initializationVector, byte[] ciphertext) {
            this(algorithm, initializationVector, ByteBuffer.wrap(ciphertext));
        }
    }
}
