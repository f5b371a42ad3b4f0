// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP side of a content server: which bytes, which status and which header fields a request gets (RFC 9110), with the
 * PeerDist content encoding of MS-PCCRTP 3.2 among them. Entry type: {@link io.peerdist.contentserver.http.Origin}.
 */
@NullMarked
package io.peerdist.contentserver.http;

import org.jspecify.annotations.NullMarked;
