// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;

/**
 * Offers a segment whose description the hosted cache may or may not know, {@code INITIAL_OFFER_MESSAGE}.
 *
 * @param port where the client serves its blocks, 1 to 65535
 * @param segmentId the segment
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.3</a>
 */
public record InitialOffer(int port, SegmentId segmentId) implements HostedCacheRequest {
    static final int MAJOR_VERSION = 1;

    /** Throws {@link IllegalArgumentException} for another port. */
    public InitialOffer {
        OfferHeader.checkPort(port);
    }

    @Override
    public int majorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public byte[] encode() {
        byte[] octets = new byte[OfferHeader.BYTES + segmentId.length()];
        ByteBuffer out = ByteBuffer.wrap(octets);
        OfferHeader.write(out, MAJOR_VERSION, OfferHeader.INITIAL_OFFER, port);
        segmentId.writeTo(out);
        return octets;
    }
}
