// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.runtime.http.RawClient.Response;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadRequestIT {
    @RegisterExtension
    final ListenerExtension http = new ListenerExtension();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /a\r\nHost: h\r\n\r\n",
                "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost : h\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost h\r\n\r\n",
                "GET /a HTTP/1.1\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
                "GET /a HTTP/x.y\r\nHost: h\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 4\r\n\r\nabcd",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n"
            })
    void answers400AndCloses(String request) throws IOException {
        RawClient client = http.connect(http.listen());

        Response response = client.send(request).read();

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("bad_request")).isEqualTo(1);
    }

    @Test
    void answers505ToOtherVersions() throws IOException {
        RawClient client = http.connect(http.listen());

        assertThat(client.send("GET /a HTTP/2.0\r\nHost: h\r\n\r\n").read().status())
                .isEqualTo(505);
        assertThat(http.rejected("version")).isEqualTo(1);
    }

    @Test
    void answers414ToALineThatIsTooLong() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(414);
        assertThat(http.rejected("line_too_long")).isEqualTo(1);
    }

    @Test
    void answers431ToOneHeaderThatIsTooLong() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /a HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(40_000) + "\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(431);
        assertThat(http.rejected("headers_too_large")).isEqualTo(1);
    }

    @Test
    void answers431ToTooManyHeaders() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /a HTTP/1.1\r\nHost: h\r\n" + "a: b\r\n".repeat(10_000) + "\r\n");

        assertThat(client.read().status()).isEqualTo(431);
        assertThat(http.rejected("headers_too_large")).isEqualTo(1);
    }

    @Test
    void answersEarlierRequestsBeforeTheBadOne() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n");

        assertThat(client.read().text()).isEqualTo("GET /a ");
        assertThat(client.read().text()).isEqualTo("GET /b ");
        assertThat(client.read().status()).isEqualTo(400);
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void servesOthersWhileOneMisbehaves() throws IOException {
        HttpListener listener = http.listen();
        http.connect(listener).send("nonsense\r\n\r\n").read();

        assertThat(http.connect(listener)
                        .send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(200);
    }
}
