// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/** A message of the retrieval protocol. */
public sealed interface RetrievalMessage permits RetrievalRequest, RetrievalResponse {}
