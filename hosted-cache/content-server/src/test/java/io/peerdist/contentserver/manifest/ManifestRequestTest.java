// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.peerdist.codec.manifest.FeedId;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestRequestTest {
    private static final String FEED = "000102030405060708090a0b0c0d0e0f";

    @Test
    void readsFeedAndNumber() {
        assertThat(parse("?feed=" + FEED + "&after=42")).contains(new ManifestRequest(FeedId.ofHex(FEED), 42));
        assertThat(parse("?after=9223372036854775807")).contains(new ManifestRequest(FeedId.NONE, Long.MAX_VALUE));
        assertThat(parse("")).contains(new ManifestRequest(FeedId.NONE, 0));
        assertThat(parse("?feed=" + FEED.toUpperCase(Locale.ROOT)))
                .contains(new ManifestRequest(FeedId.ofHex(FEED), 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?after=-1",
                "?after=+1",
                "?after=",
                "?after=x",
                "?after=9223372036854775808",
                "?after=99999999999999999999",
                "?after=1&after=1",
                "?feed=0",
                "?feed=000102030405060708090a0b0c0d0e0g",
                "?since=1",
                "?after=%zz",
            })
    void refusesWhatBreaksTheGrammar(String query) {
        assertThat(parse(query)).isEmpty();
    }

    private static Optional<ManifestRequest> parse(String query) {
        return ManifestRequest.parse(new QueryStringDecoder("/manifest/v1" + query));
    }
}
