// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;

/**
 * Which block of which segment.
 *
 * @param attributes the segment
 * @param blockIndex 0 to {@code attributes.blockCount()} - 1
 */
record BlockKey(SegmentAttributes attributes, int blockIndex) {
    SegmentId id() {
        return attributes.id();
    }
}
