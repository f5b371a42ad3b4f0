// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import org.jspecify.annotations.Nullable;

/** What a {@link SegmentSource} holds of one segment. Thread-safe. */
public interface HeldSegment {
    /** Nothing of an unknown segment. */
    HeldSegment NOTHING = new HeldSegment() {
        @Override
        public BlockRanges blocks() {
            return BlockRanges.NONE;
        }

        @Override
        public long ageMillis() {
            return 0;
        }

        @Override
        public @Nullable StoredBlock openChecked(int blockIndex) {
            return null;
        }

        @Override
        public @Nullable StoredBlock open(int blockIndex) {
            return null;
        }
    };

    /** The blocks held; empty for an unknown segment. */
    BlockRanges blocks();

    /** Milliseconds since the segment came into the cache, for {@code ENCODED_SEGMENT_AGE}; 0 for an unknown one. */
    long ageMillis();

    /**
     * Opens a block without touching the disk: null when the block is absent or its checksum has not been checked since
     * the source was opened. Fit for an event loop.
     */
    @Nullable
    StoredBlock openChecked(int blockIndex);

    /**
     * Opens a block and checks its checksum first if that has not been done: null when it is absent or damaged. May read
     * the disk, so not for an event loop.
     */
    @Nullable
    StoredBlock open(int blockIndex);
}
