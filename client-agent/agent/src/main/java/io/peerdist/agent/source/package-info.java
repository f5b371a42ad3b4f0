// SPDX-License-Identifier: Apache-2.0
/**
 * Where blocks come from besides the origin: this machine's own cache, the hosted caches and the
 * peers of the branch. Nothing that a
 * source delivers is verified here. Entry type: {@link io.peerdist.agent.source.BlockSource}; the cache that is read from and
 * kept to is {@link io.peerdist.agent.source.LocalCache}.
 */
@NullMarked
package io.peerdist.agent.source;

import org.jspecify.annotations.NullMarked;
