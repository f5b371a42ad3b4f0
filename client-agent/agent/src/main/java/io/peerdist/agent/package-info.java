// SPDX-License-Identifier: Apache-2.0
/**
 * The client: downloads through content information and shares what it holds. Entry type: {@link io.peerdist.agent.Agent},
 * which puts the packages below together and knows what to open and close in which order.
 *
 * <p>{@code plan} decides what is fetched from where, {@code origin} speaks HTTP with content servers, {@code source} gives
 * blocks from the local cache and hosted caches, {@code download} carries a download out with these three, and {@code offer}
 * hands on what a download brought. None of them knows the ones named after it.
 */
@NullMarked
package io.peerdist.agent;

import org.jspecify.annotations.NullMarked;
