// SPDX-License-Identifier: Apache-2.0
/**
 * The store of encrypted blocks: a RocksDB catalogue over an append-only block log.
 */
@NullMarked
package io.peerdist.blockstore;

import org.jspecify.annotations.NullMarked;
