// SPDX-License-Identifier: Apache-2.0
/**
 * Shares what a download brought: offers its segments to the hosted caches that lack them, as a client of MS-PCHC, and serves
 * the local cache from which they pull. Entry types: {@link io.peerdist.agent.offer.OfferSession} and
 * {@link io.peerdist.agent.offer.PeerServer}.
 */
@NullMarked
package io.peerdist.agent.offer;

import org.jspecify.annotations.NullMarked;
