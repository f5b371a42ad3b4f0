// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import io.peerdist.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code X-P2P-PeerDistEx}, in requests and responses. Immutable.
 *
 * @param min in a request the lowest content information version the client reads; null together with {@code max}
 * @param max in a request the highest content information version the client reads
 * @param makeHashRequest in a response: there is no content information yet, ask again for it
 * @param hashRequest in a request: this is the asking again
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 2.2</a>
 */
public record PeerDistExParams(
        @Nullable ContentInformationVersion min,
        @Nullable ContentInformationVersion max,
        boolean makeHashRequest,
        boolean hashRequest) {
    /** The header field's name. */
    public static final String HEADER = "X-P2P-PeerDistEx";

    private static final String MIN = "MinContentInformation";
    private static final String MAX = "MaxContentInformation";
    private static final String MAKE_HASH_REQUEST = "MakeHashRequest";
    private static final String HASH_REQUEST = "HashRequest";

    public PeerDistExParams {
        if ((min == null) != (max == null)) {
            throw new IllegalArgumentException(
                    "content information versions: " + min + " and " + max + " (expected: both or neither)");
        }
    }

    /** A request of a client that reads versions {@code min} to {@code max}. */
    public static PeerDistExParams request(
            ContentInformationVersion min, ContentInformationVersion max, boolean hashRequest) {
        return new PeerDistExParams(min, max, false, hashRequest);
    }

    /** A response with the plain data, that asks for another request. */
    public static PeerDistExParams askForHashRequest() {
        return new PeerDistExParams(null, null, true, false);
    }

    /** Whether {@code version} lies in the range; false when there is none. */
    public boolean includes(ContentInformationVersion version) {
        return min != null && max != null && min.compareTo(version) <= 0 && version.compareTo(max) <= 0;
    }

    /**
     * Reads the header's value, or several joined by commas, with the freedoms of {@link PeerDistParams#parse}.
     *
     * @throws MalformedMessageException when a value breaks the grammar, one of the two versions is missing, or two
     *     parameters contradict each other
     */
    public static PeerDistExParams parse(String headerValue) {
        HeaderParameters parameters = HeaderParameters.parse(HEADER, headerValue);
        HeaderParameters.Parameter min = parameters.get(MIN);
        HeaderParameters.Parameter max = parameters.get(MAX);
        if ((min == null) != (max == null)) {
            throw new MalformedMessageException(
                    HeaderParameters.PROTOCOL,
                    HEADER,
                    0,
                    "no " + (min == null ? MIN : MAX) + " (expected: both versions)");
        }
        return new PeerDistExParams(
                min == null ? null : ContentInformationVersion.of(min),
                max == null ? null : ContentInformationVersion.of(max),
                isTrue(parameters.get(MAKE_HASH_REQUEST)),
                isTrue(parameters.get(HASH_REQUEST)));
    }

    private static boolean isTrue(HeaderParameters.@Nullable Parameter parameter) {
        return parameter != null && parameter.asBoolean();
    }

    /** The header's value; throws {@link IllegalStateException} when there is nothing to say. */
    public String toHeaderValue() {
        List<String> parameters = new ArrayList<>();
        if (min != null) {
            parameters.add(MIN + "=" + min);
            parameters.add(MAX + "=" + max);
        }
        if (makeHashRequest) {
            parameters.add(MAKE_HASH_REQUEST + "=true");
        }
        if (hashRequest) {
            parameters.add(HASH_REQUEST + "=true");
        }
        if (parameters.isEmpty()) {
            throw new IllegalStateException(HEADER + ": no parameters (expected: at least one)");
        }
        return String.join(", ", parameters);
    }
}
