// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRTP: the header fields of the PeerDist content encoding of HTTP.
 */
@NullMarked
package io.peerdist.codec.pccrtp;

import org.jspecify.annotations.NullMarked;
