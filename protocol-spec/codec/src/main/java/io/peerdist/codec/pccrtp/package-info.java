// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRTP: the header fields of the PeerDist content encoding of HTTP, and the choice a server makes from them. Start
 * at {@link io.peerdist.codec.pccrtp.ContentNegotiation} for a server, at
 * {@link io.peerdist.codec.pccrtp.PeerDistParams} for a client.
 */
@NullMarked
package io.peerdist.codec.pccrtp;

import org.jspecify.annotations.NullMarked;
