// SPDX-License-Identifier: Apache-2.0
/**
 * MS-PCCRR over HTTP with Netty, both roles. {@link io.peerdist.retrieval.RetrievalServer} answers requests out of a
 * {@link io.peerdist.codec.pccrr.SegmentSource}; {@link io.peerdist.retrieval.RetrievalClient} asks other peers. Blocks
 * leave as they rest: a file region between the octets before and after the ciphertext.
 */
@NullMarked
package io.peerdist.retrieval;

import org.jspecify.annotations.NullMarked;
