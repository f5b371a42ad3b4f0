// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrtp.ContentEncodingVersion;
import io.peerdist.codec.pccrtp.ContentInformationVersion;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.codec.wire.MalformedMessageException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client offers to take content information, and what it makes of an answer that is some, whatever carried the two.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.1.5</a>
 */
public final class ContentAnswers {
    /** The content coding of answers whose body is content information. */
    public static final String PEERDIST = "peerdist";

    /** The value of {@code Accept-Encoding} in a request that offers to take it, from a program that takes no other coding. */
    public static final String ACCEPT_ENCODING = "identity, " + PEERDIST;

    /** The header field that goes with every such request, and with the answer. */
    public static final String PEERDIST_FIELD = PeerDistParams.HEADER;

    /** The header field that says which versions the client takes. */
    public static final String PEERDIST_EX_FIELD = PeerDistExParams.HEADER;

    /**
     * Content information that a daemon reads at most, in bytes: that of 16 GiB of version 1.0, and of about half as much
     * of version 2.0. It stays in memory as long as the file is on its way.
     */
    public static final int MAX_BYTES = 8 << 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(ContentAnswers.class);

    private ContentAnswers() {}

    /** The value of {@link #PEERDIST_FIELD} in a request that offers to take content information. */
    public static String peerDist() {
        return PeerDistParams.request(ContentEncodingVersion.V1_1).toHeaderValue();
    }

    /**
     * The value of {@link #PEERDIST_EX_FIELD}.
     *
     * @param hashRequest whether the origin asked to be asked again
     */
    public static String peerDistEx(ContentVersion version, boolean hashRequest) {
        return PeerDistExParams.request(ContentInformationVersion.V1_0, version.max(), hashRequest)
                .toHeaderValue();
    }

    /** Whether a {@code Content-Encoding} says that the body is content information and nothing besides. */
    public static boolean isContentInformation(String contentEncoding) {
        return contentEncoding.strip().toLowerCase(Locale.ROOT).equals(PEERDIST);
    }

    /**
     * What an answer with content information is good for: {@link OriginAnswer.Hashes} when it is of a whole file and
     * proves every block, otherwise {@link OriginAnswer.Unusable}, or {@link OriginAnswer.Refused} for a status other than 200.
     *
     * @param url the URL that answered, which the ranges are to be asked of
     * @param headers the fields of its header in any order and case
     * @param body the whole body, which the caller has limited in size
     */
    public static OriginAnswer of(URI url, int status, Iterable<Map.Entry<String, String>> headers, byte[] body) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<String, String> field : headers) {
            fields.computeIfAbsent(field.getKey(), name -> new ArrayList<>()).add(field.getValue());
        }
        return status == 200
                ? of(url, HttpHeaders.of(fields, (name, value) -> true), body)
                : new OriginAnswer.Refused(status);
    }

    static OriginAnswer of(URI url, HttpHeaders headers, byte[] body) {
        String encoding = encoding(headers);
        if (!isContentInformation(encoding)) {
            return unusableEncoding(encoding);
        }
        try {
            ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(body));
            String fault = fault(information, contentLength(headers));
            return fault == null
                    ? new OriginAnswer.Hashes(url, Validator.of(headers), information, body.length)
                    : new OriginAnswer.Unusable(fault);
        } catch (MalformedMessageException e) {
            LOGGER.debug("content information of {}: {}", url, e.getMessage());
            return new OriginAnswer.Unusable(String.valueOf(e.getMessage()));
        }
    }

    static String encoding(HttpHeaders headers) {
        return String.join(", ", headers.allValues("Content-Encoding"));
    }

    static OriginAnswer.Unusable unusableEncoding(String encoding) {
        return new OriginAnswer.Unusable("content encoding: " + encoding + " (expected: identity or peerdist)");
    }

    /** Why content information is none of the whole file; null when it is. */
    private static @Nullable String fault(ContentInformation information, OptionalLong length) {
        var last = information.segments().get(information.segments().size() - 1);
        long end = last.offsetInContent() + last.segmentBytes();
        boolean whole = information.range().offset() == 0
                && information.segments().get(0).offsetInContent() == 0
                && information.range().end() == end
                && last.listedBlockCount() == last.blockCount();
        if (!whole) {
            return "content information: of a part (expected: of the whole file)";
        }
        // Before a block is used, the list that proves it has to be the segment's (MS-PCCRC 2.2).
        if (!information.segments().stream().allMatch(SegmentDescription::provesHashOfData)) {
            return "content information: block hashes that are not those of their segment (expected: their hash to agree)";
        }
        return length.isPresent() && length.getAsLong() != end
                ? "content information: of " + end + " bytes (expected: ContentLength " + length.getAsLong() + ")"
                : null;
    }

    private static OptionalLong contentLength(HttpHeaders headers) {
        String value = String.join(", ", headers.allValues(PeerDistParams.HEADER));
        return value.isEmpty()
                ? OptionalLong.empty()
                : PeerDistParams.parse(value).contentLength();
    }
}
