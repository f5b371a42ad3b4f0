// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A hosted cache's answer to a request, with its transport header the whole body of an HTTP response.
 *
 * <pre>
 * Size (4, big-endian, 1) | ResponseCode (1)
 * </pre>
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.2</a>
 */
public enum OfferResponse {
    /** The hosted cache knows enough to pull what it lacks. */
    OK(0),
    /** The hosted cache wants the segment's description, in a {@link SegmentInfo}, before it can pull. */
    INTERESTED(1);

    private static final int SIZE_BYTES = Integer.BYTES;
    private static final int MESSAGE_BYTES = 1;

    private final int code;

    OfferResponse(int code) {
        this.code = code;
    }

    /** The whole body of an HTTP response, 5 octets. */
    public byte[] encode() {
        byte[] octets = new byte[SIZE_BYTES + MESSAGE_BYTES];
        ByteBuffer.wrap(octets).putInt(MESSAGE_BYTES).put((byte) code);
        return octets;
    }

    /**
     * Reads the response that is all of what remains in {@code body}. The size in front is not looked at: HTTP delimits the
     * message. The buffer's position is not moved.
     *
     * @throws MalformedMessageException for anything that is not a response
     */
    public static OfferResponse decode(ByteBuffer body) {
        WireReader in = new WireReader(OfferHeader.PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        in.skip("Size", SIZE_BYTES);
        int code = in.u8("ResponseCode");
        in.end("ResponseCode");
        for (OfferResponse response : values()) {
            if (response.code == code) {
                return response;
            }
        }
        throw in.malformed("ResponseCode", SIZE_BYTES, code + " (expected: 0 or 1)");
    }
}
