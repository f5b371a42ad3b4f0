// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/** A message that a server-role peer sends: with a transport header of four octets, the whole body of an HTTP response. */
public sealed interface RetrievalResponse extends RetrievalMessage
        permits NegotiationResponse, BlockList, BlockResponse, SegmentList {}
