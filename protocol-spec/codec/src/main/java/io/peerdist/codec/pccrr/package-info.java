// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRR: the eight messages of the retrieval protocol and the encryption of blocks.
 */
@NullMarked
package io.peerdist.codec.pccrr;

import org.jspecify.annotations.NullMarked;
