// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.runtime.http.RequestedRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is the value of each field that the content server reads, and the request target. */
final class RequestFieldsFuzzTest {
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(65_536, 256).ofText();

    private static final EntityTags TAGS = new EntityTags("\"a\"", "\"a-p1\"", "\"a-p2\"");
    private static final long LENGTH_BYTES = 300_000;
    private static final long LAST_HTTP_YEAR_SECONDS = 253_402_300_799L; // 9999-12-31T23:59:59Z

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "bytes=0-0",
                        "bytes=-5",
                        "Bytes = 007-99999999999999999999",
                        "bytes=0-1,5-6",
                        "Sun, 06 Nov 1994 08:49:37 GMT",
                        "Sunday, 06-Nov-94 08:49:37 GMT",
                        "Sun Nov  6 08:49:37 1994",
                        "\"a-p1\", W/\"a,b\", *",
                        "W/\"a\"",
                        "/dir/file%20name.bin?query",
                        "http://host/%c3%a4/../x",
                        "/a/%2e%2e%2fetc%5cpasswd%00",
                        "Version=1.1, MissingDataRequest=true",
                        "MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true",
                        "identity, peerdist;q=0.5")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrIgnores(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        readRange(text);
        readDate(text);
        readPath(text);
        readConditions(text);
        readDemand(text);
    }

    private static void readRange(String text) {
        RequestedRange range = DECODING.of(text.length(), () -> RequestedRange.parse(text, LENGTH_BYTES))
                .orElseThrow();
        if (range instanceof RequestedRange.Part part) {
            assertThat(part.firstByte()).isBetween(0L, part.lastByte());
            assertThat(part.lastByte()).isLessThan(LENGTH_BYTES);
            assertThat(part.lengthBytes()).isBetween(1L, LENGTH_BYTES);
        }
        assertThat(RequestedRange.parse(text, 0)).isNotInstanceOf(RequestedRange.Part.class);
    }

    private static void readDate(String text) {
        DECODING.of(text.length(), () -> HttpDate.parse(text)).orElseThrow().ifPresent(seconds -> {
            if (seconds >= 0 && seconds <= LAST_HTTP_YEAR_SECONDS) {
                assertThat(HttpDate.parse(HttpDate.format(seconds))).hasValue(seconds);
            }
        });
    }

    private static void readPath(String text) {
        DECODING.of(text.length(), () -> RelativePath.ofTarget(text))
                .orElseThrow()
                .ifPresent(path -> {
                    Path root = Path.of("/srv/files");
                    assertThat(root.resolve(path.toString()).normalize()).isEqualTo(root.resolve(path.toString()));
                    assertThat(path.toString()).doesNotStartWith("/").doesNotContain("\0", "\\", "/.");
                });
    }

    private static void readConditions(String text) {
        for (CharSequence field : List.of(
                HttpHeaderNames.IF_MATCH,
                HttpHeaderNames.IF_NONE_MATCH,
                HttpHeaderNames.IF_MODIFIED_SINCE,
                HttpHeaderNames.IF_UNMODIFIED_SINCE,
                HttpHeaderNames.IF_RANGE)) {
            Preconditions conditions = new Preconditions(headers().add(field, text), TAGS::all, 784_111_777);
            DECODING.of(
                    text.length(),
                    () -> conditions.hold() ^ conditions.isNotModified("\"a\"") ^ conditions.rangeApplies());
        }
    }

    private static void readDemand(String text) {
        String[] lines = text.split("\n", 3);
        HttpHeaders headers = headers().add(PeerDistParams.HEADER, lines[0]);
        if (lines.length > 1) {
            headers.add(PeerDistExParams.HEADER, lines[1]);
        }
        if (lines.length > 2) {
            headers.add(HttpHeaderNames.ACCEPT_ENCODING, lines[2]);
        }
        List<MalformedMessageException> malformed = new ArrayList<>();
        OriginRequest request = new OriginRequest(HttpMethod.GET, text, headers);
        DECODING.of(text.length(), () -> PeerDistDemand.of(request, malformed::add));
        assertThat(request.toString()).doesNotContain("\n", "\r");
    }

    /** The listener's decoder has checked the values; here any will do. */
    private static DefaultHttpHeaders headers() {
        return (DefaultHttpHeaders)
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    }
}
