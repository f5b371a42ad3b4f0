// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.CryptoAlgorithm;

/**
 * Where a block's record is in the log. Immutable, but for the note that its checksum has been found right since this
 * object came into memory.
 */
final class BlockPlacement {
    private static final byte[] NO_IV = {};

    private final int extentId;
    private final int offset;
    private final int ciphertextBytes;
    private final CryptoAlgorithm crypto;
    private final byte[] initializationVector;
    private volatile boolean checked;

    /** {@code initializationVector} is not copied. */
    BlockPlacement(int extentId, int offset, int ciphertextBytes, CryptoAlgorithm crypto, byte[] initializationVector) {
        this.extentId = extentId;
        this.offset = offset;
        this.ciphertextBytes = ciphertextBytes;
        this.crypto = crypto;
        this.initializationVector = initializationVector.length == 0 ? NO_IV : initializationVector;
    }

    int extentId() {
        return extentId;
    }

    /** Where the record starts in the extent. */
    int offset() {
        return offset;
    }

    int ciphertextBytes() {
        return ciphertextBytes;
    }

    CryptoAlgorithm crypto() {
        return crypto;
    }

    /** Not to be changed. */
    byte[] initializationVector() {
        return initializationVector;
    }

    int recordBytes() {
        return RecordHeader.recordBytes(crypto, ciphertextBytes);
    }

    boolean isChecked() {
        return checked;
    }

    void markChecked() {
        checked = true;
    }

    boolean isAt(int otherExtentId, int otherOffset) {
        return extentId == otherExtentId && offset == otherOffset;
    }

    @Override
    public String toString() {
        return "extent " + String.format("%08x", extentId) + ", offset " + offset;
    }
}
