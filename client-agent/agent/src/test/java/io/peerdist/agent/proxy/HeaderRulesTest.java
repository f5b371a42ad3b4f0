// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
    private final HttpHeaders headers = new DefaultHttpHeaders();

    @Test
    void removesWhatBelongsToTheConnectionAndWhatConnectionNames() {
        headers.add("Connection", "keep-alive, X-Hop")
                .add("Connection", "x-other,")
                .add("X-Hop", "1")
                .add("X-Other", "2")
                .add("Keep-Alive", "timeout=5")
                .add("Proxy-Connection", "keep-alive")
                .add("Proxy-Authorization", "Basic QTpC")
                .add("TE", "trailers")
                .add("Upgrade", "h2c")
                .add("Accept", "text/html")
                .add("Transfer-Encoding", "chunked");

        assertThat(HeaderRules.removeHopByHop(headers)).isTrue();

        assertThat(headers.names()).containsExactlyInAnyOrder("Accept", "Transfer-Encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "close, hOST", "transfer-encoding ,close"})
    void refusesConnectionThatNamesTheFraming(String value) {
        headers.add("Connection", value).add("Content-Length", "5");

        assertThat(HeaderRules.removeHopByHop(headers)).isFalse();
        assertThat(headers.get("Content-Length")).isEqualTo("5");
    }
}
