// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import io.peerdist.codec.wire.MalformedMessageException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to a GET: the content itself, or content information of one version. Looks at the request's
 * headers only: whether the answer is eligible (a validator, a length, another method) is for the server to say. A header
 * that breaks its grammar never fails the request; the client gets the content, and the server can count it. Stateless.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.2.5.1</a>
 */
public final class ContentNegotiation {
    /** The content coding's name in Accept-Encoding and Content-Encoding, matched in any case, written like this. */
    public static final String PEERDIST = "peerdist";

    /** The only major version of the content encoding there is. */
    private static final int ENCODING_MAJOR = 1;

    private ContentNegotiation() {}

    /** The answer to give. */
    public sealed interface Decision permits Identity, PeerDist {}

    /**
     * Send the content itself, or another content coding.
     *
     * @param reason why not content information
     * @param problem what is wrong with the request's headers, for the log; only with {@link Reason#MALFORMED}
     */
    public record Identity(Reason reason, Optional<MalformedMessageException> problem) implements Decision {
        private Identity(Reason reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * Send content information.
     *
     * @param contentInformationVersion its major version, 1 or 2
     * @param encodingVersion for the response's {@code X-P2P-PeerDist}
     * @param hashRequest whether the client asks a second time, having been told to
     */
    public record PeerDist(int contentInformationVersion, ContentEncodingVersion encodingVersion, boolean hashRequest)
            implements Decision {}

    /** Why a request gets the content itself. */
    public enum Reason {
        /** Accept-Encoding does not name peerdist, or refuses it with q=0. */
        NOT_ACCEPTED,
        /** There is no {@code X-P2P-PeerDist}. */
        NO_PARAMETERS,
        /** The client could not get the data from its peers. */
        MISSING_DATA,
        /** The client's version of the content encoding is not 1.x. */
        UNKNOWN_ENCODING_VERSION,
        /** The client reads neither version 1.0 nor 2.0 of content information. */
        NO_COMMON_VERSION,
        /** A header breaks its grammar. */
        MALFORMED
    }

    /**
     * Decides on a request.
     *
     * @param acceptEncodingValues the values of all Accept-Encoding header lines
     * @param peerDist the value of {@code X-P2P-PeerDist}, several lines {@linkplain #join joined}, or null
     * @param peerDistEx the value of {@code X-P2P-PeerDistEx}, several lines joined, or null
     */
    public static Decision decide(
            List<String> acceptEncodingValues, @Nullable String peerDist, @Nullable String peerDistEx) {
        try {
            if (!acceptsPeerDist(acceptEncodingValues)) {
                return new Identity(Reason.NOT_ACCEPTED);
            }
            if (peerDist == null) {
                return new Identity(Reason.NO_PARAMETERS);
            }
            PeerDistParams params = PeerDistParams.parse(peerDist);
            PeerDistExParams exParams = peerDistEx == null ? null : PeerDistExParams.parse(peerDistEx);
            return decide(params, exParams);
        } catch (MalformedMessageException e) {
            return new Identity(Reason.MALFORMED, Optional.of(e));
        }
    }

    private static Decision decide(PeerDistParams params, @Nullable PeerDistExParams exParams) {
        if (params.version().major() != ENCODING_MAJOR) {
            return new Identity(Reason.UNKNOWN_ENCODING_VERSION);
        }
        if (params.missingDataRequest() == MissingDataRequest.TRUE
                || params.missingDataRequest() == MissingDataRequest.OTHER) {
            return new Identity(Reason.MISSING_DATA);
        }
        ContentEncodingVersion encodingVersion = params.version().compareTo(ContentEncodingVersion.V1_1) < 0
                ? params.version()
                : ContentEncodingVersion.V1_1;
        if (exParams == null || exParams.min() == null) {
            return new PeerDist(1, encodingVersion, exParams != null && exParams.hashRequest());
        }
        if (exParams.includes(ContentInformationVersion.V2_0)) {
            return new PeerDist(2, encodingVersion, exParams.hashRequest());
        }
        if (exParams.includes(ContentInformationVersion.V1_0)) {
            return new PeerDist(1, encodingVersion, exParams.hashRequest());
        }
        return new Identity(Reason.NO_COMMON_VERSION);
    }

    /** One value from several header lines of the same name: null from none. */
    public static @Nullable String join(List<String> headerLines) {
        return headerLines.isEmpty() ? null : String.join(", ", headerLines);
    }

    /** Whether a response's Content-Encoding says that the body is content information, and nothing on top of it. */
    public static boolean isPeerDist(@Nullable String contentEncoding) {
        return contentEncoding != null && HeaderParameters.trim(contentEncoding).equalsIgnoreCase(PEERDIST);
    }

    /**
     * Whether Accept-Encoding names peerdist, without a quality of 0. The wildcard does not: it stands for codings that
     * every HTTP client knows how to undo.
     *
     * @throws MalformedMessageException when the quality of peerdist is not one
     */
    static boolean acceptsPeerDist(List<String> acceptEncodingValues) {
        boolean accepted = false;
        for (String value : acceptEncodingValues) {
            for (String element : value.split(",", -1)) {
                String[] parts = element.split(";", -1);
                if (HeaderParameters.trim(parts[0]).equalsIgnoreCase(PEERDIST)) {
                    if (refused(parts)) {
                        return false;
                    }
                    accepted = true;
                }
            }
        }
        return accepted;
    }

    private static boolean refused(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = HeaderParameters.trim(parts[i]).toLowerCase(Locale.ROOT);
            int equalSign = parameter.indexOf('=');
            if (equalSign < 0
                    || !HeaderParameters.trim(parameter.substring(0, equalSign)).equals("q")) {
                continue;
            }
            String quality = HeaderParameters.trim(parameter.substring(equalSign + 1));
            if (!isQuality(quality)) {
                throw new MalformedMessageException(
                        HeaderParameters.PROTOCOL,
                        "Accept-Encoding",
                        0,
                        "q=" + shortened(quality) + " (expected: 0 to 1 with at most three decimals)");
            }
            return quality.chars().allMatch(c -> c == '0' || c == '.');
        }
        return false;
    }

    /** {@code qvalue} of HTTP: 0 or 1, a dot and up to three digits, which are zeros behind 1. */
    private static boolean isQuality(String text) {
        if (text.isEmpty() || text.length() > 5 || (text.charAt(0) != '0' && text.charAt(0) != '1')) {
            return false;
        }
        if (text.length() > 1 && text.charAt(1) != '.') {
            return false;
        }
        char highestDigit = text.charAt(0) == '1' ? '0' : '9';
        return text.chars().skip(2).allMatch(c -> c >= '0' && c <= highestDigit);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
