// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/**
 * What a {@link KeyValueDatabase} may take.
 *
 * @param blockCacheBytes native memory for blocks, indexes and filters read
 * @param writeBufferBytes native memory for writes of one family not yet in a table, and half of what all families
 *     together may take; the write-ahead log is held to about as much as that
 */
record KeyValueSettings(long blockCacheBytes, long writeBufferBytes) {}
