// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.peerdist.conformance.Await;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.http.RawClient.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerIT {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    @RegisterExtension
    final ListenerExtension http = new ListenerExtension();

    @ParameterizedTest
    @ValueSource(strings = {ListenerExtension.LOOPBACK, ListenerExtension.LOOPBACK_6})
    void servesOnBothFamiliesOfAddresses(String address) throws IOException {
        HttpListener listener = http.listen(ListenerExtension.settings(address), null);

        Response response = http.connect(listener).send(GET).read();

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("GET /a ");
        assertThat(response.header("content-length")).isEqualTo("7");
        assertThat(response.header("date"))
                .matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
        assertThat(response.headers()).doesNotContainKey("connection");
        assertThat(listener.localAddress().getPort()).isPositive();
    }

    @Test
    void keepsTheConnectionForTheNextRequest() throws IOException {
        RawClient client = http.connect(http.listen());

        for (int i = 0; i < 5; i++) {
            client.send("POST /p" + i + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.read().text()).isEqualTo("POST /p" + i + " abc");
        }
        assertThat(http.connections()).isEqualTo(1);
    }

    @Test
    void closesWhenTheClientAsksToClose() throws IOException {
        RawClient client = http.connect(http.listen());

        Response response = client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                .read();

        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void answers404WhenNoHandlerTakesTheRequest() throws IOException {
        RawClient client = http.connect(http.listen());

        assertThat(client.send("GET /unknown HTTP/1.1\r\nHost: h\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(404);
        assertThat(client.send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void sendsChunksWhenTheLengthIsUnknown() throws IOException {
        RawClient client = http.connect(http.listen());

        Response response =
                client.send("GET /stream/x HTTP/1.1\r\nHost: h\r\n\r\n").read();

        assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(response.text()).isEqualTo("GET /stream/x ");
        assertThat(client.send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void endsAnUnknownLengthByClosingForHttp10() throws IOException {
        RawClient client = http.connect(http.listen());

        Response response = client.send("GET /stream/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                .read();

        assertThat(response.headers()).doesNotContainKey("transfer-encoding");
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(response.text()).isEqualTo("GET /stream/x ");
    }

    @Test
    void keepsAnHttp10ConnectionThatAsksForIt() throws IOException {
        RawClient client = http.connect(http.listen());

        Response first =
                client.send("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").read();
        Response second = client.send("GET /b HTTP/1.0\r\n\r\n").read();

        assertThat(first.header("connection")).isEqualTo("keep-alive");
        assertThat(second.header("connection")).isEqualTo("close");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void sendsNoBodyForHead() throws IOException {
        RawClient client = http.connect(http.listen());

        Response head = client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n").read(false);
        Response stream =
                client.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n").read(false);

        assertThat(head.status()).isEqualTo(200);
        assertThat(stream.status()).isEqualTo(200);
        assertThat(client.send(GET).read().text()).isEqualTo("GET /a ");
    }

    @Test
    void readsChunkedRequests() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                .send("4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n");

        assertThat(client.read().text()).isEqualTo("POST /c abcdefg");
        assertThat(client.send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void readsRequestsThatArriveOctetByOctet() throws IOException {
        RawClient client = http.connect(http.listen());
        String request = "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok";

        for (int i = 0; i < request.length(); i++) {
            client.send(request.substring(i, i + 1));
        }

        assertThat(client.read().text()).isEqualTo("POST /c ok");
    }

    @Test
    void tellsAClientThatExpectsItToContinue() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.read().statusLine()).isEqualTo("HTTP/1.1 100 Continue");
        client.send("body");

        assertThat(client.read().text()).isEqualTo("POST /e body");
        assertThat(client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n")
                        .read(false)
                        .status())
                .isEqualTo(200);
        assertThat(client.send(GET).read().text()).isEqualTo("GET /a ");
    }

    @Test
    void refusesABodyTooLargeBeforeTheClientSendsIt() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withMaxRequestBytes(100)));

        client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(413);
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("body_too_large")).isEqualTo(1);
    }

    @Test
    void refusesAnUnknownExpectation() throws IOException {
        RawClient client = http.connect(http.listen());

        assertThat(client.send("GET /a HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(417);
        assertThat(http.rejected("expectation")).isEqualTo(1);
    }

    @Test
    void deliversTheRefusalToAClientThatGoesOnSending() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withMaxRequestBytes(1_000)));

        client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
        client.send("x".repeat(2_000_000));

        assertThat(client.read().status()).isEqualTo(413);
        client.endOutput();
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void refusesChunksThatGrowTooLarge() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withMaxRequestBytes(10)));

        client.send("POST /e HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(413);
        assertThat(http.rejected("body_too_large")).isEqualTo(1);
    }

    @Test
    void takesABodyOfExactlyTheLimit() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withMaxRequestBytes(10)));

        client.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789");

        assertThat(client.read().text()).isEqualTo("POST /e 0123456789");
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        RawClient client = http.connect(http.listen());
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            requests.append("GET /n").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
        }

        client.send(requests.toString());

        for (int i = 0; i < 300; i++) {
            assertThat(client.read().text()).isEqualTo("GET /n" + i + " ");
        }
    }

    @Test
    void startsTheNextPipelinedRequestOnlyAfterTheResponse() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /late/1 HTTP/1.1\r\nHost: h\r\n\r\nGET /late/2 HTTP/1.1\r\nHost: h\r\n\r\n" + GET);
        Await.until("the first request", () -> http.late().size() == 1);
        http.late().remove().run();
        assertThat(client.read().text()).isEqualTo("GET /late/1 ");
        Await.until("the second request", () -> http.late().size() == 1);
        http.late().remove().run();

        assertThat(client.read().text()).isEqualTo("GET /late/2 ");
        assertThat(client.read().text()).isEqualTo("GET /a ");
    }

    @Test
    void holdsBackAFloodOfPipelinedRequestsUntilTheFirstIsAnswered() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
        Await.until("the first request", () -> http.late().size() == 1);
        client.send(GET.repeat(600));
        http.late().remove().run();

        assertThat(client.read().text()).isEqualTo("GET /late ");
        for (int i = 0; i < 600; i++) {
            assertThat(client.read().text()).isEqualTo("GET /a ");
        }
    }

    @Test
    void answersAClientThatShutsDownItsDirection() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n").endOutput();
        Await.until("the request", () -> http.late().size() == 1);
        http.late().remove().run();

        assertThat(client.read().text()).isEqualTo("GET /late ");
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void answers500WhenAHandlerFails() throws IOException {
        RawClient client = http.connect(http.listen());

        assertThat(client.send("GET /fail HTTP/1.1\r\nHost: h\r\n\r\n").read().status())
                .isEqualTo(500);
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("internal")).isEqualTo(1);
    }

    @Test
    void breaksOffAResponseWhoseHandlerFails() throws IOException {
        RawClient client = http.connect(http.listen());

        client.send("GET /half HTTP/1.1\r\nHost: h\r\n\r\n");
        client.drain();

        assertThat(http.rejected("internal")).isEqualTo(1);
        Await.until("the end", () -> http.connections() == 0);
    }

    @Test
    void sendsFilesByRegion(@TempDir Path directory) throws IOException {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        RawClient client = http.connect(http.listen(ListenerExtension.settings(ListenerExtension.LOOPBACK), file));

        assertThat(client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n").read().body())
                .isEqualTo(content);
        assertThat(client.send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void closesAtOnceWhatIsBeyondTheConnectionLimit() throws IOException {
        HttpListener listener = http.listen(settings -> settings.withMaxConnections(2));
        RawClient first = http.connect(listener);
        RawClient second = http.connect(listener);
        assertThat(first.send(GET).read().status()).isEqualTo(200);
        assertThat(second.send(GET).read().status()).isEqualTo(200);

        assertThat(http.connect(listener).drain()).isZero();
        assertThat(http.rejected("connection_limit")).isEqualTo(1);

        first.close();
        Await.until("room again", () -> http.connections() == 1);
        assertThat(http.connect(listener).send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void saysWhatToDoWhenThePortIsInUse() {
        HttpListener listener = http.listen();
        InetSocketAddress taken = listener.localAddress();

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> http.listen(HttpListenerSettings.of(taken), null))
                .withMessage("cannot listen on 127.0.0.1:" + taken.getPort()
                        + " (http): the port is in use; stop the program that holds it, or choose another port")
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CANNOT_BIND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
    void saysWhatToDoWhenTheAddressIsForeign(String address) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> http.listen(HttpListenerSettings.of(new InetSocketAddress(address, 0)), null))
                .withMessageContaining(address)
                .withMessageEndingWith(
                        "the address is not one of this machine; choose one of those that \"ip address\" lists");
    }
}
