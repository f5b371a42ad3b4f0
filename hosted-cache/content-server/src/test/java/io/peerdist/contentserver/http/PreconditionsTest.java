// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreconditionsTest {
    private static final EntityTags TAGS = new EntityTags("\"x\"", "\"x-p1\"", "\"x-p2\"");
    private static final long MODIFIED_SECONDS = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-Match | \"x\" | true",
                "If-Match | \"x-p1\" | true",
                "If-Match | \"y\", \"x-p2\" | true",
                "If-Match | \"a,b\" , \"x\" | true",
                "If-Match | * | true",
                "If-Match | \"y\" | false",
                "If-Match | W/\"x\" | false",
                "If-Match | x | false",
                "If-Match | \"x | false",
                "If-Unmodified-Since | Sun, 06 Nov 1994 08:49:37 GMT | true",
                "If-Unmodified-Since | Sun, 06 Nov 1994 08:49:36 GMT | false",
                "If-Unmodified-Since | nonsense | true",
            })
    void holdsForEveryVariantOfTheVersion(String field, String value, boolean expected) {
        assertThat(preconditions(field, value).hold()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-None-Match | \"x\" | true",
                "If-None-Match | W/\"x\" | true",
                "If-None-Match | \"y\", \"x\" | true",
                "If-None-Match | * | true",
                "If-None-Match | \"x-p1\" | false",
                "If-None-Match | \"y\" | false",
                "If-Modified-Since | Sun, 06 Nov 1994 08:49:37 GMT | true",
                "If-Modified-Since | Sun, 06 Nov 1994 08:49:38 GMT | true",
                "If-Modified-Since | Sun, 06 Nov 1994 08:49:36 GMT | false",
                "If-Modified-Since | nonsense | false",
            })
    void findsTheSelectedVariantUnmodifiedOnlyByItsOwnTag(String field, String value, boolean expected) {
        assertThat(preconditions(field, value).isNotModified("\"x\"")).isEqualTo(expected);
    }

    @Test
    void prefersTagsToDates() {
        HttpHeaders headers = headers("If-None-Match", "\"other\"");
        headers.add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
        headers.add("If-Match", "\"x\"");
        headers.add("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT");
        Preconditions preconditions = new Preconditions(headers, TAGS::all, MODIFIED_SECONDS);

        assertThat(preconditions.isNotModified("\"x\"")).isFalse();
        assertThat(preconditions.hold()).isTrue();
    }

    @Test
    void readsEveryFieldLine() {
        HttpHeaders headers = headers("If-None-Match", "\"a\"");
        headers.add("If-None-Match", "\"x\"");

        assertThat(new Preconditions(headers, TAGS::all, MODIFIED_SECONDS).isNotModified("\"x\""))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\" | true",
                "\"x-p2\" | true",
                "W/\"x\" | false",
                "\"y\" | false",
                "Sun, 06 Nov 1994 08:49:37 GMT | true",
                "Sun, 06 Nov 1994 08:49:38 GMT | false",
                "nonsense | false",
            })
    void appliesARangeToTheNamedVersionOnly(String ifRange, boolean expected) {
        assertThat(preconditions("If-Range", ifRange).rangeApplies()).isEqualTo(expected);
    }

    private static Preconditions preconditions(String field, String value) {
        return new Preconditions(headers(field, value), TAGS::all, MODIFIED_SECONDS);
    }

    private static HttpHeaders headers(String field, String value) {
        return DefaultHttpHeadersFactory.headersFactory().newHeaders().add(field, value);
    }
}
