// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRR: the eight messages of the retrieval protocol and the encryption of blocks. {@link
 * io.peerdist.codec.pccrr.RetrievalCodec} reads and writes the messages, which are records; {@link
 * io.peerdist.codec.pccrr.BlockCipher} encrypts. {@link io.peerdist.codec.pccrr.SegmentSource} is where a server finds blocks.
 */
@NullMarked
package io.peerdist.codec.pccrr;

import org.jspecify.annotations.NullMarked;
