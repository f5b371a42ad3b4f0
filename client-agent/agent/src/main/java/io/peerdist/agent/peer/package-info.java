// SPDX-License-Identifier: Apache-2.0
/**
 * What this machine tells peers that look for segments. Entry type: {@link io.peerdist.agent.peer.HeldSegments}.
 */
@NullMarked
package io.peerdist.agent.peer;

import org.jspecify.annotations.NullMarked;
