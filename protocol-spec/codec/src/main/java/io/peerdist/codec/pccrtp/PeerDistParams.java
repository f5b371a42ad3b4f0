// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import io.peerdist.codec.wire.MalformedMessageException;
import java.util.OptionalLong;

/**
 * The value of {@code X-P2P-PeerDist}, in requests and responses. Immutable.
 *
 * @param version in a request the highest version the client knows, in a response the one that was used
 * @param contentLength in a response, the length of the content before the encoding
 * @param missingDataRequest in a request, whether the client asks for data that no peer had
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 2.2</a>
 */
public record PeerDistParams(
        ContentEncodingVersion version, OptionalLong contentLength, MissingDataRequest missingDataRequest) {
    /** The header field's name. */
    public static final String HEADER = "X-P2P-PeerDist";

    private static final String VERSION = "Version";
    private static final String CONTENT_LENGTH = "ContentLength";
    private static final String MISSING_DATA_REQUEST = "MissingDataRequest";

    public PeerDistParams {
        if (contentLength.isPresent() && contentLength.getAsLong() < 0) {
            throw new IllegalArgumentException(
                    "content length: " + contentLength.getAsLong() + " (expected: 0 or more)");
        }
    }

    /** A request that takes content information. */
    public static PeerDistParams request(ContentEncodingVersion version) {
        return new PeerDistParams(version, OptionalLong.empty(), MissingDataRequest.ABSENT);
    }

    /** A request for the data, after peers could not give it; goes without {@code peerdist} in Accept-Encoding. */
    public static PeerDistParams missingDataRequest(ContentEncodingVersion version) {
        return new PeerDistParams(version, OptionalLong.empty(), MissingDataRequest.TRUE);
    }

    /** A response that carries content information of a content of {@code contentLength} octets. */
    public static PeerDistParams response(ContentEncodingVersion version, long contentLength) {
        return new PeerDistParams(version, OptionalLong.of(contentLength), MissingDataRequest.ABSENT);
    }

    /**
     * Reads the header's value, or several joined by commas. Names and {@code true} count in any case, in any order; white
     * space may stand round commas and equal signs; unknown parameters are passed over.
     *
     * @throws MalformedMessageException without a version, or when a value breaks the grammar or two contradict each other
     */
    public static PeerDistParams parse(String headerValue) {
        HeaderParameters parameters = HeaderParameters.parse(HEADER, headerValue);
        HeaderParameters.Parameter version = parameters.get(VERSION);
        if (version == null) {
            throw new MalformedMessageException(
                    HeaderParameters.PROTOCOL, HEADER, 0, "no Version (expected: Version=major.minor)");
        }
        HeaderParameters.Parameter contentLength = parameters.get(CONTENT_LENGTH);
        HeaderParameters.Parameter missingData = parameters.get(MISSING_DATA_REQUEST);
        return new PeerDistParams(
                ContentEncodingVersion.of(version),
                contentLength == null ? OptionalLong.empty() : OptionalLong.of(contentLength.asLength()),
                missingData == null ? MissingDataRequest.ABSENT : missingDataRequest(missingData.text()));
    }

    private static MissingDataRequest missingDataRequest(String text) {
        if (text.equalsIgnoreCase("true")) {
            return MissingDataRequest.TRUE;
        }
        return text.equalsIgnoreCase("false") ? MissingDataRequest.FALSE : MissingDataRequest.OTHER;
    }

    /** The header's value; of {@link #missingDataRequest()} only {@code true} is ever written. */
    public String toHeaderValue() {
        StringBuilder value = new StringBuilder(VERSION).append('=').append(version);
        if (contentLength.isPresent()) {
            value.append(", ").append(CONTENT_LENGTH).append('=').append(contentLength.getAsLong());
        }
        if (missingDataRequest == MissingDataRequest.TRUE) {
            value.append(", ").append(MISSING_DATA_REQUEST).append("=true");
        }
        return value.toString();
    }
}
