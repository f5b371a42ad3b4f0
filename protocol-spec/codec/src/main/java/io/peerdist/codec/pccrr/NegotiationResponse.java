// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * Tells the versions that a peer supports, {@code MSG_NEGO_RESP}: the answer to a {@link NegotiationRequest} and to any
 * request of an unsupported version.
 *
 * @param supported what the answering peer supports
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.5.1</a>
 */
public record NegotiationResponse(VersionRange supported) implements RetrievalResponse {}
