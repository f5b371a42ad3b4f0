// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/** A message that a client-role peer sends: the whole body of an HTTP request. */
public sealed interface RetrievalRequest extends RetrievalMessage
        permits NegotiationRequest, GetBlockList, GetBlocks, GetSegmentList, UnsupportedRequest {}
