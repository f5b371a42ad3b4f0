// SPDX-License-Identifier: Apache-2.0
/**
 * Files on their way to programs that take the bytes in order and at their own speed: verified, from local cache, hosted caches,
 * peers and origin as any download, and with one budget of memory for all of them. Entry type:
 * {@link io.peerdist.agent.stream.ContentStreams}.
 */
@NullMarked
package io.peerdist.agent.stream;

import org.jspecify.annotations.NullMarked;
