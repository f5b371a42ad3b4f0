// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP with content servers, and with servers that know nothing of PeerDist: content information as a client of MS-PCCRTP,
 * ranges that no peer had, and plain bodies; every request limited in time and every fault in words for the user. Entry type:
 * {@link io.peerdist.agent.origin.OriginClient}.
 */
@NullMarked
package io.peerdist.agent.origin;

import org.jspecify.annotations.NullMarked;
