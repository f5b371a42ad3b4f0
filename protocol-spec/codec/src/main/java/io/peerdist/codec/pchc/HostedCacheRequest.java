// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;

/**
 * A message that a client sends to a hosted cache: the whole body of an HTTP request.
 *
 * <pre>
 * minor version (1) | major version (1) | Type (2) | padding (4) | Port (2) | padding (6) | body
 * </pre>
 *
 * <p>Integers are big-endian. Padding is written as zeros and never looked at. The first two messages belong to version 1.0
 * and {@link #OFFER_PATH_V1} alone, the third to version 2.0 and {@link #OFFER_PATH_V2} alone: a server compares
 * {@link #majorVersion()} with the path it was asked at.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1</a>
 */
public sealed interface HostedCacheRequest permits InitialOffer, SegmentInfo, BatchedOffer {
    /** Where a hosted cache takes version 1.0 messages, over HTTPS; clients write it with or without a slash behind it. */
    String OFFER_PATH_V1 = "/C574AC30-5794-4AEE-B1BB-6651C5315029";
    /** Where a hosted cache takes version 2.0 messages, over HTTP; clients write it with or without a slash behind it. */
    String OFFER_PATH_V2 = "/0131501b-d67f-491b-9a40-c4bf27bcb4d4";
    /**
     * The longest request read. The specification names none; the longest that can be meant is a {@code SEGMENT_INFO} of 512
     * SHA-512 block hashes, some 33,000 octets.
     */
    int MAX_REQUEST_BYTES = 65_536;

    /** Where the client serves its blocks, 1 to 65535, on the address that the request came from. */
    int port();

    /** The major version in the header, 1 or 2; the minor version is 0. */
    int majorVersion();

    /** The whole body of an HTTP request. */
    byte[] encode();

    /**
     * Reads the request that is all of what remains in {@code body}. The buffer's position is not moved.
     *
     * @throws MalformedMessageException for anything that is not a request, which the server drops
     */
    static HostedCacheRequest decode(ByteBuffer body) {
        return OfferDecoder.decode(body);
    }
}
