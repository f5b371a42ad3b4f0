// SPDX-License-Identifier: Apache-2.0
/**
 * The store of encrypted blocks that hosted caches and agents share: a RocksDB catalogue over an append-only block log.
 * Blocks rest as they travel in a {@code MSG_BLK} (MS-PCCRR 2.2.5.3), so the store neither needs nor learns a key. Start
 * with {@link io.peerdist.blockstore.BlockStore}; {@link io.peerdist.blockstore.ContentInformationStore} is the smaller
 * sibling that keeps content information for content servers.
 */
@NullMarked
package io.peerdist.blockstore;

import org.jspecify.annotations.NullMarked;
