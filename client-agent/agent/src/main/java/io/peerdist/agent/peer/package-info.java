// SPDX-License-Identifier: Apache-2.0
/**
 * What this machine tells peers that look for segments, and what it remembers for that of its own searches. Entry type: {@link
 * io.peerdist.agent.peer.HeldSegments}.
 */
@NullMarked
package io.peerdist.agent.peer;

import org.jspecify.annotations.NullMarked;
