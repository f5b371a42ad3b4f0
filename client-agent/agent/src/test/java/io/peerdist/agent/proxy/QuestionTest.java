// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.agent.origin.ContentVersion;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionTest {
    private final AtomicLong nanos = new AtomicLong();
    private final PeerDistOrigins origins = new PeerDistOrigins(nanos::get);

    private static RequestHead head(HttpMethod method, String url, String... fields) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, url, headers(fields));
        return Objects.requireNonNull(RequestHead.of(request, Target.ofAbsolute(url), new Via("peerdist (1)")));
    }

    private static HttpHeaders headers(String... fields) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String field : fields) {
            String[] parts = field.split(": ", 2);
            headers.add(parts[0], parts[1]);
        }
        return headers;
    }

    private Question question(String... fields) {
        return Question.of(head(HttpMethod.GET, "http://a.example/", fields), false, origins);
    }

    @Test
    void asksForHashesOfPlainGets() {
        assertThat(question()).isEqualTo(Question.HASHES);
        assertThat(question("Accept-Encoding: gzip, *;q=0.5")).isEqualTo(Question.HASHES);
        assertThat(question("Authorization: Basic x")).isEqualTo(Question.HASHES);
        assertThat(Question.of(head(HttpMethod.HEAD, "http://a.example/"), false, origins))
                .isEqualTo(Question.PLAIN);
        assertThat(Question.of(head(HttpMethod.GET, "http://a.example/", "Content-Length: 3"), false, origins))
                .isEqualTo(Question.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept-Encoding: gzip, PeerDist;q=1",
                "X-P2P-PeerDist: Version=1.1",
                "Accept-Encoding: gzip, identity;q=0",
                "Accept-Encoding: gzip, *; q=0.0, br"
            })
    void leavesProgramsAloneThatWantSomethingElse(String field) {
        assertThat(question(field)).isEqualTo(Question.PLAIN);
    }

    @Test
    void asksForOtherMachinesOnlyWhereNoNameIsLookedUpAgain() {
        assertThat(Question.of(head(HttpMethod.GET, "http://a.example/"), true, origins))
                .isEqualTo(Question.PLAIN);
        assertThat(Question.of(head(HttpMethod.GET, "http://192.0.2.1/"), true, origins))
                .isEqualTo(Question.HASHES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-1|true",
                "bytes=-5|true",
                "Bytes = 3 -|true",
                "bytes=0-1,3-4|false",
                "lines=1-2|false",
                "bytes=-|false"
            })
    void asksForRangesOfServersThatItKnows(String range, boolean one) {
        assertThat(question("Range: " + range)).isEqualTo(Question.PLAIN);
        origins.add("a.example:80");
        assertThat(question("Range: " + range)).isEqualTo(one ? Question.HASHES_FOR_RANGE : Question.PLAIN);
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThat(question("Range: " + range)).isEqualTo(Question.PLAIN);
    }

    @Test
    void remembersABoundedNumberOfServers() {
        for (int i = 0; i <= PeerDistOrigins.MAX_ORIGINS; i++) {
            origins.add("h" + i + ":80");
        }
        assertThat(origins.contains("h0:80")).isFalse();
        assertThat(origins.contains("h1:80")).isTrue();
        origins.remove("h1:80");
        assertThat(origins.contains("h1:80")).isFalse();
    }

    @Test
    void addsWhatServersLookFor() {
        HttpHeaders fields = headers("Range: bytes=1-2", "If-Range: \"a\"", "Accept-Encoding: gzip");
        Question.HASHES_FOR_RANGE.ask(fields, ContentVersion.ANY);
        assertThat(fields.get("Accept-Encoding")).isEqualTo("gzip, peerdist");
        assertThat(fields.get("X-P2P-PeerDist")).isEqualTo("Version=1.1");
        assertThat(fields.get("X-P2P-PeerDistEx")).contains("MinContentInformation=1.0", "MaxContentInformation=2.0");
        assertThat(fields.contains("Range")).isFalse();
        assertThat(fields.contains("If-Range")).isFalse();

        HttpHeaders none = headers();
        Question.HASHES.ask(none, ContentVersion.V1);
        assertThat(none.get("Accept-Encoding")).isEqualTo("identity, peerdist");
        assertThat(none.get("X-P2P-PeerDistEx")).contains("MinContentInformation=1.0", "MaxContentInformation=1.0");
        HttpHeaders plain = headers();
        Question.PLAIN.ask(plain, ContentVersion.ANY);
        assertThat(plain.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-|-|Whole",
                "bytes=0-9|-|Part 0 10",
                "bytes=990-2000|-|Part 990 1000",
                "bytes=-1|-|Part 999 1000",
                "bytes=1000-|-|None",
                "bytes=5-4|-|Whole",
                "bytes=0-9|\"tag\"|Part 0 10",
                "bytes=0-9|\"other\"|Unknown",
                "bytes=0-9|W/\"tag\"|Whole",
                "bytes=0-9|Sun, 06 Nov 1994 08:49:37 GMT|Part 0 10",
                "bytes=0-9|Sun, 06 Nov 1994 08:49:38 GMT|Whole"
            })
    void decidesWhatOfAFileIsSent(String range, String ifRange, String expected) {
        HttpHeaders request = headers();
        if (range != null) {
            request.set("Range", range);
        }
        if (ifRange != null) {
            request.set("If-Range", ifRange);
        }
        HttpHeaders answer = headers("ETag: \"tag\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT");
        WantedPart wanted = WantedPart.of(request, answer, 1_000);
        String text = wanted instanceof WantedPart.Part part
                ? "Part " + part.from() + " " + part.end()
                : wanted.getClass().getSimpleName();
        assertThat(text).isEqualTo(expected);
    }

    @Test
    void leavesTheServerToDecideByADateWhenItGaveNone() {
        HttpHeaders request = headers("Range: bytes=0-1", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(WantedPart.of(request, headers(), 10)).isInstanceOf(WantedPart.Unknown.class);
    }

    @Test
    void makesTheHeadOfAFileOfThatOfItsContentInformation() {
        HttpHeaders information = headers(
                "Content-Encoding: peerdist",
                "Content-Length: 99",
                "Content-MD5: x",
                "Digest: x",
                "X-P2P-PeerDist: Version=1.1",
                "X-P2P-PeerDistEx: a=b",
                "ETag: \"a-p2\"",
                "Content-Type: text/plain",
                "Set-Cookie: a=b",
                "Set-Cookie: c=d");
        HttpHeaders file =
                FileHead.of(information, new WantedPart.Part(10, 20), 100).headers();
        assertThat(file.get("Content-Length")).isEqualTo("10");
        assertThat(file.get("Content-Range")).isEqualTo("bytes 10-19/100");
        assertThat(file.get("ETag")).isEqualTo("W/\"a-p2\"");
        assertThat(file.getAll("Set-Cookie")).containsExactly("a=b", "c=d");
        assertThat(file.names())
                .doesNotContain("Content-Encoding", "Content-MD5", "Digest", "X-P2P-PeerDist", "X-P2P-PeerDistEx");
        assertThat(information.get("Content-Length")).isEqualTo("99");
    }
}
