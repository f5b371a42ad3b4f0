// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * Asks for the versions that a peer supports, {@code MSG_NEGO_REQ}.
 *
 * @param supported what the asking peer supports
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.4.1</a>
 */
public record NegotiationRequest(VersionRange supported) implements RetrievalRequest {}
