// SPDX-License-Identifier: Apache-2.0
/**
 * How quickly bytes may come from the network, all downloads of an agent together. Entry type:
 * {@link io.peerdist.agent.rate.RateLimit}.
 */
@NullMarked
package io.peerdist.agent.rate;

import org.jspecify.annotations.NullMarked;
