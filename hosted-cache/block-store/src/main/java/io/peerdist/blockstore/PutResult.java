// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/** What became of a block given to {@link BlockStore#put}. */
public enum PutResult {
    /** The block is held now. */
    STORED(""),
    /** The block was held before; what was given is ignored, also when it is another ciphertext. */
    ALREADY_HELD(""),
    /** The block index, the ciphertext's or the initialization vector's length cannot be. */
    REJECTED_MALFORMED("malformed"),
    /** The segment is held with another size of blocks or of the segment. */
    REJECTED_GEOMETRY("geometry"),
    /** The size limit is reached and nothing can be evicted: all is pinned, or being read. */
    REJECTED_NO_SPACE("no_space"),
    /** The disk is full. */
    REJECTED_DISK_FULL("disk_full"),
    /** The operating system or the catalogue reported an error; it has been logged. */
    REJECTED_IO("io"),
    /** The store is closed. */
    REJECTED_CLOSED("closed");

    private final String reason;

    PutResult(String reason) {
        this.reason = reason;
    }

    /** Whether the store holds the block after the put. */
    public boolean isHeld() {
        return this == STORED || this == ALREADY_HELD;
    }

    /** Why the block was rejected, as the label of {@code peerdist_store_rejected_total}; empty when it is held. */
    public String reason() {
        return reason;
    }
}
