// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * A request whose major version this implementation does not know; nothing behind its header was read. The server answers
 * with a {@link NegotiationResponse}. It cannot be encoded.
 *
 * @param version the version in the header
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.2.5.2</a>
 */
public record UnsupportedRequest(ProtocolVersion version) implements RetrievalRequest {}
