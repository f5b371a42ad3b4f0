// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
 * unsorted or empty ranges, minor versions, and an extensible blob that must be discarded do not fail a message.
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
        return ResponseCodec.decode(body, null);
    }

    /**
     * As {@link #decodeResponse}, without a copy of the block: a {@link BlockResponse} is a view on {@code body}, which
     * must be left alone from then on.
     *
     * @throws MalformedMessageException for anything that is not a response
     */
    public static RetrievalResponse decodeResponseIn(byte[] body) {
        return ResponseCodec.decode(ByteBuffer.wrap(body), body);
    }

    /**
     * The version in the header of {@code body}, which {@link #decodeRequest} has read: the one that its answer is for. The
     * buffer's position is not moved.
     */
    public static ProtocolVersion versionOf(ByteBuffer body) {
        return MessageHeader.readVersion(
                new WireReader(RetrievalCodec.PROTOCOL, body, ByteOrder.BIG_ENDIAN), "ProtVer");
    }

    /** Whether messages of the type of {@code request} exist in {@code version}. */
    public static boolean isIn(RetrievalRequest request, ProtocolVersion version) {
        return VersionRange.SUPPORTED.supports(version)
                && RequestCodec.typeOf(request).isIn(version.major());
    }

    /**
     * The whole body of an HTTP request, in the version that its type belongs to (MS-PCCRR 2.2.3); throws {@link
     * IllegalArgumentException} when it exceeds the limit.
     */
    public static byte[] encodeRequest(RetrievalRequest request) {
        return RequestCodec.encode(request);
    }

    /**
     * As {@link #encodeRequest(RetrievalRequest)}, in a version that was negotiated (MS-PCCRR 3.1.5.1); throws {@link
     * IllegalArgumentException} also when {@link #isIn} says no.
     */
    public static byte[] encodeRequest(RetrievalRequest request, ProtocolVersion version) {
        return RequestCodec.encode(request, version);
    }

    /**
     * The whole body of an HTTP response, transport header included, in the version that its type belongs to; throws {@link
     * IllegalArgumentException} when it exceeds the limit.
     */
    public static byte[] encodeResponse(RetrievalResponse response) {
        return ResponseCodec.encode(response, ProtocolVersion.V1_0);
    }

    /**
     * As {@link #encodeResponse(RetrievalResponse)}, to a request of version {@code asked}: a peer that asks in version 2.0
     * is answered in it (MS-PCCRR 3.2.5.2 to 3.2.5.4, second step).
     */
    public static byte[] encodeResponse(RetrievalResponse response, ProtocolVersion asked) {
        return ResponseCodec.encode(response, asked);
    }

    /**
     * What stands before the ciphertext in the encoding of a {@link BlockResponse}, so that the ciphertext can be sent from
     * a file. After it come {@code ciphertextBytes} octets and {@link #blockTrailer}.
     *
     * @param asked the version of the request
     * @param next the first block after {@code index} that is held, 0 when there is none
     * @param ivBytes the length of the vector given to {@link #blockTrailer}
     */
    public static ByteBuffer blockPreamble(
            ProtocolVersion asked,
            SegmentId id,
            int index,
            int next,
            CryptoAlgorithm crypto,
            int ciphertextBytes,
            int ivBytes) {
        return ResponseCodec.blockPreamble(asked, id, index, next, crypto, ciphertextBytes, ivBytes);
    }

    /** What stands behind the ciphertext: padding, an empty verification block, and the initialization vector. */
    public static ByteBuffer blockTrailer(int ciphertextBytes, byte[] iv) {
        return ResponseCodec.blockTrailer(ciphertextBytes, iv);
    }

    /** The length of {@link #blockTrailer} for an initialization vector of {@code ivBytes}. */
    public static int blockTrailerBytes(int ciphertextBytes, int ivBytes) {
        return ResponseCodec.blockTrailerBytes(ciphertextBytes, ivBytes);
    }
}
