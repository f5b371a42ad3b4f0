// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBuf;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.util.Arrays;

/**
 * The body of one answer while it comes in: copied once, from the socket's buffer into the array in which its block stays
 * until it is verified and stored. Not thread-safe.
 */
final class AnswerBody {
    /** MS-PCCRR 2.2.3, and the transport header in front. */
    static final int MAX_BYTES = RetrievalCodec.TRANSPORT_HEADER_BYTES + RetrievalCodec.MAX_RESPONSE_BYTES;

    private static final int UNKNOWN_BYTES = 8_192;

    private byte[] octets;
    private int length;

    /** @param announcedBytes at most {@link #MAX_BYTES}; negative when the length is not known */
    AnswerBody(long announcedBytes) {
        octets = new byte[announcedBytes >= 0 ? Math.toIntExact(announcedBytes) : UNKNOWN_BYTES];
    }

    /** Takes what is readable; false when that is more than an answer can have, and nothing was taken. */
    boolean append(ByteBuf part) {
        int partBytes = part.readableBytes();
        if (partBytes > MAX_BYTES - length) {
            return false;
        }
        if (partBytes > octets.length - length) {
            octets = Arrays.copyOf(octets, Math.min(MAX_BYTES, Math.max(length + partBytes, 2 * octets.length)));
        }
        part.readBytes(octets, length, partBytes);
        length += partBytes;
        return true;
    }

    /** The octets, to be kept by the caller. */
    byte[] take() {
        return length == octets.length ? octets : Arrays.copyOf(octets, length);
    }
}
