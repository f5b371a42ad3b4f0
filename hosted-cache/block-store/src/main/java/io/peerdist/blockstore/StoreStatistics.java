// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/**
 * How full a store is. The numbers are taken one after the other, so they need not agree to the block while others write.
 *
 * @param limitBytes the most the store may take on the disk
 * @param usedBytes what it takes: extents, including deleted ones that are still being read, and catalogue
 * @param liveBytes log records of held blocks
 * @param pinnedBytes those of pinned segments
 * @param catalogueBytes the catalogue's part of {@code usedBytes}
 * @param extents files of the block log
 * @param segments segments of which at least one block is held
 * @param blocks blocks held
 */
public record StoreStatistics(
        long limitBytes,
        long usedBytes,
        long liveBytes,
        long pinnedBytes,
        long catalogueBytes,
        int extents,
        long segments,
        long blocks) {}
