// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

/**
 * What a {@link KeyValueDatabase} may take.
 *
 * @param blockCacheBytes native memory for blocks, indexes and filters read
 * @param writeBufferBytes native memory for writes not yet in a table, all families together; the write-ahead log is held
 *     to about twice as much
 */
record KeyValueSettings(long blockCacheBytes, long writeBufferBytes) {}
