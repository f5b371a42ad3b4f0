// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;

/**
 * Reads and writes the eight messages of the retrieval protocol. All integers are big-endian.
 *
 * <pre>
 * request:                              MESSAGE_HEADER (16) | body
 * response: TRANSPORT_RESPONSE_HEADER (4) | MESSAGE_HEADER (16) | body
 * </pre>
 *
 * <p>Reading is strict about what an implementation depends on (sizes, counts, indexes, types) and tolerant where real
 * peers differ: the transport header's size, padding octets, the unused verification block, {@code NextBlockIndex},
 * unsorted or empty ranges, the version of a response, and an extensible blob that must be discarded do not fail a message.
 * Writing is strict. Stateless and thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2</a>
 */
public final class RetrievalCodec {
    /** The path that every server-role peer listens on. */
    public static final String PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/";
    /** The longest request: 96 KiB (MS-PCCRR 2.2.3). */
    public static final int MAX_REQUEST_BYTES = 98_304;
    /** The longest response without its transport header: 384 KiB (MS-PCCRR 2.2.3; 2.2 and 2.2.2 still say 96 KiB). */
    public static final int MAX_RESPONSE_BYTES = 393_216;
    /** The size field in front of a response: the body of an HTTP response is longer than the message by this. */
    public static final int TRANSPORT_HEADER_BYTES = ResponseCodec.TRANSPORT_HEADER_BYTES;

    static final String PROTOCOL = "MS-PCCRR";

    private RetrievalCodec() {}

    /**
     * Reads the request that is all of what remains in {@code body}; an {@link UnsupportedRequest} when its major version
     * is unknown. The buffer's position is not moved.
     *
     * @throws MalformedMessageException for anything that is not a request
     */
    public static RetrievalRequest decodeRequest(ByteBuffer body) {
        return RequestCodec.decode(body);
    }

    /**
     * Reads the response, transport header included, that is all of what remains in {@code body}. The buffer's position is
     * not moved. Whether it answers the request is for the caller to check.
     *
     * @throws MalformedMessageException for anything that is not a response
     */
    public static RetrievalResponse decodeResponse(ByteBuffer body) {
        return ResponseCodec.decode(body);
    }

    /** The whole body of an HTTP request; throws {@link IllegalArgumentException} when it exceeds the limit. */
    public static byte[] encodeRequest(RetrievalRequest request) {
        return RequestCodec.encode(request);
    }

    /**
     * The whole body of an HTTP response, transport header included; throws {@link IllegalArgumentException} when it exceeds
     * the limit.
     */
    public static byte[] encodeResponse(RetrievalResponse response) {
        return ResponseCodec.encode(response);
    }

    /**
     * What stands before the ciphertext in the encoding of a {@link BlockResponse}, so that the ciphertext can be sent from
     * a file. After it come {@code ciphertextBytes} octets and {@link #blockTrailer}.
     *
     * @param next the first block after {@code index} that is held, 0 when there is none
     * @param ivBytes the length of the vector given to {@link #blockTrailer}
     */
    public static ByteBuffer blockPreamble(
            SegmentId id, int index, int next, CryptoAlgorithm crypto, int ciphertextBytes, int ivBytes) {
        return ResponseCodec.blockPreamble(id, index, next, crypto, ciphertextBytes, ivBytes);
    }

    /** What stands behind the ciphertext: padding, an empty verification block, and the initialization vector. */
    public static ByteBuffer blockTrailer(int ciphertextBytes, byte[] iv) {
        return ResponseCodec.blockTrailer(ciphertextBytes, iv);
    }
}
