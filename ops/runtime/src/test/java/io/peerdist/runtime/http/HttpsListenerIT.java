// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.http.RawClient.Response;
import io.peerdist.runtime.tls.OpenSslCommand;
import io.peerdist.runtime.tls.ServerTls;
import io.peerdist.runtime.tls.TestCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("io.peerdist.runtime.tls.TestCertificates#providers")
class HttpsListenerIT {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String LATE = "GET /late HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final Duration SHORT = Duration.ofMillis(300);
    /** Also for the handshake, which takes a busy machine more than a moment. */
    private static final Duration MODERATE = Duration.ofSeconds(4);

    @RegisterExtension
    final ListenerExtension http = new ListenerExtension();

    private final TestCertificates certificates;

    @Parameter
    private String provider = "";

    @TempDir
    private Path directory = Path.of("");

    HttpsListenerIT() throws Exception {
        certificates = new TestCertificates();
    }

    // --- serving

    @ParameterizedTest
    @ValueSource(strings = {ListenerExtension.LOOPBACK, ListenerExtension.LOOPBACK_6})
    void servesTheClientOfJavaByTls13(String address) throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        HttpListener listener = listen(leaf, ListenerExtension.settings(address));
        HttpClient client =
                HttpClient.newBuilder().sslContext(certificates.client()).build();
        URI uri = URI.create("https://" + HostPort.format(listener.localAddress()) + "/a");

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri)
                            .POST(HttpRequest.BodyPublishers.ofString("body " + i))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("POST /a body " + i);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        }
        assertThat(handshakes("ok", "TLSv1.3")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void servesWithEveryKindOfKey(Algorithm algorithm) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", algorithm));
        List<String> versions = new ArrayList<>();

        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            SSLSocket socket = handshake(listener, certificates.client(), version);
            versions.add(socket.getSession().getProtocol());
            assertThat(http.closing(new RawClient(socket)).send(GET).read().text())
                    .isEqualTo("GET /a ");
        }

        assertThat(versions).containsExactly("TLSv1.3", "TLSv1.2");
    }

    @Test
    void sendsTheWholeChain() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        HttpListener listener = listen(leaf);

        Certificate[] chain = handshake(listener, certificates.client(), "TLSv1.3")
                .getSession()
                .getPeerCertificates();

        assertThat(chain).containsExactly(leaf.getCertificatePath()).hasSize(2);
    }

    @Test
    void sendsALargeResponseWhole() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withMaxRequestBytes(8 << 20));
        String body = "0123456789abcdef".repeat(1 << 18);

        Response response = connect(listener)
                .send("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .read();

        assertThat(response.octets()).isEqualTo("POST /stream " + body);
    }

    // --- what others say

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void agreesWithOpenssl(String version) throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.rsa2048);
        HttpListener listener = listen(leaf);

        String output = openssl(
                listener,
                "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                version,
                "-ign_eof",
                "-showcerts",
                "-alpn",
                "h2,http/1.1",
                "-verify_return_error",
                "-verify_ip",
                "127.0.0.1");

        assertThat(output)
                .contains("Verify return code: 0 (ok)")
                .contains("HTTP/1.1 200 OK")
                .contains("ALPN protocol: http/1.1")
                .contains("s:CN = server", "s:CN = intermediate")
                .contains(version.equals("-tls1_3") ? "TLSv1.3, Cipher is TLS_AES_" : "TLSv1.2, Cipher is ECDHE-RSA-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_1", "-tls1"})
    void refusesOldVersions(String version) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.rsa2048));

        String output = openssl(listener, "", version, "-cipher", "ALL:@SECLEVEL=0");

        assertThat(output).contains("Cipher is (NONE)").containsIgnoringCase("alert protocol version");
        Await.until("the count", () -> handshakes("version", "none") == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AES128-GCM-SHA256", "AES256-SHA", "ECDHE-RSA-NULL-SHA", "AECDH-AES128-SHA"})
    void refusesSuitesWithoutForwardSecrecyOrEncryption(String suite) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.rsa2048));

        String output = openssl(listener, "", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0");

        assertThat(output).contains("Cipher is (NONE)").containsIgnoringCase("handshake failure");
        Await.until("the count", () -> handshakes("cipher", "none") == 1);
    }

    @Test
    void takesTheSuiteOfWindows7() throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.rsa2048));

        String output = openssl(listener, "", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0");

        assertThat(output).contains("Cipher is ECDHE-RSA-AES128-SHA");
    }

    @Test
    void doesNotRenegotiate() throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.rsa2048));

        String output = openssl(listener, "R\n", "-tls1_2");

        assertThat(output).contains("RENEGOTIATING").containsIgnoringCase("alert");
        Await.until("the close", () -> http.connections() == 0);
    }

    // --- a new certificate

    @Test
    void showsANewCertificateToNewConnectionsOnly() throws Exception {
        X509Bundle first = certificates.leaf("first", Algorithm.ecp256);
        X509Bundle second = certificates.leaf("second", Algorithm.rsa2048);
        HttpListener listener = listen(first);
        SSLContext client = certificates.client();
        SSLSocket old = handshake(listener, client, "TLSv1.3");
        RawClient oldClient = http.closing(new RawClient(old));
        assertThat(oldClient.send(GET).read().status()).isEqualTo(200);

        TestCertificates.write(directory, second);
        Await.until("the reload", () -> count("peerdist_tls_reloads", "result", "ok") == 1);

        // The same context: what it could resume from the first certificate must not count.
        assertThat(leafOf(handshake(listener, client, "TLSv1.3"))).isEqualTo(second.getCertificate());
        assertThat(leafOf(handshake(listener, client, "TLSv1.2"))).isEqualTo(second.getCertificate());
        assertThat(openssl(listener, "", "-showcerts")).contains("s:CN = second");
        assertThat(oldClient.send(GET).read().status()).isEqualTo(200);
        assertThat(leafOf(old)).isEqualTo(first.getCertificate());
    }

    // --- clients that misbehave

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"})
    void closesAHandshakeThatDoesNotEnd(String beginning) throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withRequestTimeout(SHORT));
        RawClient client = http.connect(listener).send(beginning);

        client.drain();

        assertThat(handshakes("timeout", "none")).isEqualTo(1);
        Await.until("the close", () -> http.connections() == 0);
    }

    @Test
    void closesAHandshakeThatDripsIn() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withRequestTimeout(SHORT));
        RawClient client = http.connect(listener).send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001");

        Await.until("the end of the drip", () -> {
            try {
                client.send("x");
            } catch (IOException closed) {
                return true;
            }
            return handshakes("timeout", "none") == 1;
        });

        Await.until("the count", () -> handshakes("timeout", "none") == 1);
    }

    @Test
    void limitsTheRequestAfterTheHandshake() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withRequestTimeout(MODERATE));
        RawClient client = connect(listener).send("GET /a HT");

        assertThat(client.read().status()).isEqualTo(408);
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("request_timeout")).isEqualTo(1);
    }

    @Test
    void closesAConnectionThatAsksNothing() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withIdleTimeout(MODERATE));

        assertThat(connect(listener).isClosedByServer()).isTrue();
        assertThat(http.rejected("request_timeout")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, "\r\n\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"})
    void closesWhatIsNoTls(String text) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        RawClient client = http.connect(listener).send(text);

        // An alert may come, of 7 octets; no answer.
        assertThat(client.drain()).isLessThanOrEqualTo(7);

        assertThat(handshakes("not_tls", "none")).isEqualTo(1);
        Await.until("the close", () -> http.connections() == 0);
        assertThat(connect(listener).send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void countsAClientThatLeavesDuringTheHandshake() throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));

        http.connect(listener).send("\u0016\u0003\u0001\u0002\u0000").close();

        Await.until("the count", () -> handshakes("closed", "none") == 1);
        Await.until("the close", () -> http.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void countsAClientThatDoesNotTrustTheCertificate(String version) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        SSLContext stranger = TestCertificates.trusting(new TestCertificates().root());

        assertThatExceptionOfType(SSLException.class).isThrownBy(() -> handshake(listener, stranger, version));

        Await.until("the count", () -> handshakes("refused", "none") == 1);
    }

    @Test
    void endsAConnectionWhoseRecordsAreForged() throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        Socket raw = RawClient.connect(listener.localAddress(), 0);
        RawClient client = http.closing(new RawClient(handshake(raw, certificates.client(), "TLSv1.3")));
        assertThat(client.send(GET).read().status()).isEqualTo(200);

        // A record of 20 octets of application data (RFC 8446 5.2) that nobody encrypted.
        raw.getOutputStream().write(Arrays.copyOf(new byte[] {23, 3, 3, 0, 20}, 25));

        assertThatExceptionOfType(SSLException.class)
                .isThrownBy(client::isClosedByServer)
                .withMessageContaining("bad_record_mac");
        Await.until("the close", () -> http.connections() == 0);
    }

    @Test
    void refusesConnectionsAboveTheLimitBeforeTheirHandshake() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withMaxConnections(1));
        RawClient first = connect(listener);

        http.connect(listener).drain();

        assertThat(http.rejected("connection_limit")).isEqualTo(1);
        assertThat(first.send(GET).read().status()).isEqualTo(200);
    }

    @Test
    void abortsAResponseThatTheClientDoesNotTake() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK)
                        .withWriteStallTimeout(SHORT)
                        .withMaxRequestBytes(32 << 20));
        Socket raw = RawClient.connect(listener.localAddress(), 4_096);
        RawClient client = http.closing(new RawClient(handshake(raw, certificates.client(), "TLSv1.3")));
        String body = "x".repeat(16 << 20);

        client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

        Await.until("the abort", () -> http.rejected("write_stall") == 1);
        Await.until("the close", () -> http.connections() == 0);
    }

    // --- ends of connections

    @Test
    void answersAClientThatHasShutDownItsDirection() throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        Socket raw = RawClient.connect(listener.localAddress(), 0);
        RawClient client = http.closing(new RawClient(handshake(raw, certificates.client(), "TLSv1.3")));
        client.send(LATE);
        raw.shutdownOutput();
        Await.until("the request", () -> http.late().size() == 1);

        http.late().remove().run();

        assertThat(client.read().text()).isEqualTo("GET /late ");
        assertThat(client.isClosedByServer()).isTrue();
        Await.until("the close", () -> http.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void closesWhenTheClientSaysFarewell(String version) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        Socket raw = RawClient.connect(listener.localAddress(), 0);
        http.closing(raw);
        SSLSocket socket = handshake(raw, certificates.client(), version, false);
        RawClient client = new RawClient(socket);
        assertThat(client.send(GET).read().status()).isEqualTo(200);

        // Of a layered socket that does not own the other this sends close_notify, and leaves TCP open.
        socket.close();

        Await.until("the close", () -> http.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void saysFarewellBeforeItCloses(String version) throws Exception {
        HttpListener listener = listen(certificates.leaf("server", Algorithm.ecp256));
        RawClient client = http.closing(new RawClient(handshake(listener, certificates.client(), version)));

        Response response = client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                .read();

        assertThat(response.header("connection")).isEqualTo("close");
        // Java's socket throws when the connection ends without close_notify.
        assertThat(client.isClosedByServer()).isTrue();
    }

    // More than once, as it depends on how the records arrive.
    @RepeatedTest(10)
    void getsARefusalThroughToAClientThatStillSends() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withMaxRequestBytes(10));
        RawClient client = connect(listener)
                .send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(50_000));

        assertThat(client.read().status()).isEqualTo(413);
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void finishesWhatIsInFlightWhenItCloses() throws Exception {
        HttpListener listener = listen(
                certificates.leaf("server", Algorithm.ecp256),
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withCloseTimeout(Duration.ofSeconds(20)));
        RawClient idle = connect(listener);
        assertThat(idle.send(GET).read().status()).isEqualTo(200);
        RawClient handshaking = http.connect(listener).send("\u0016");
        RawClient busy = connect(listener).send(LATE);
        Await.until("the request", () -> http.late().size() == 1);

        Thread closing = ListenerExtension.close(listener);
        assertThat(idle.isClosedByServer()).isTrue();
        handshaking.drain();
        http.late().remove().run();

        Response response = busy.read();
        assertThat(response.text()).isEqualTo("GET /late ");
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(busy.isClosedByServer()).isTrue();
        busy.close();
        Await.until("the end of the close", () -> !closing.isAlive());
        assertThat(http.connections()).isZero();
    }

    // --- tools

    private HttpListener listen(X509Bundle leaf) throws IOException {
        return listen(leaf, ListenerExtension.settings(ListenerExtension.LOOPBACK));
    }

    private HttpListener listen(X509Bundle leaf, HttpListenerSettings settings) throws IOException {
        Files.writeString(directory.resolve("root.pem"), certificates.root().getCertificatePEM());
        ServerTls tls = http.closing(
                TestCertificates.start(TestCertificates.write(directory, leaf), http.registry(), provider));
        return http.listen(settings, tls, null);
    }

    private RawClient connect(HttpListener listener) throws Exception {
        return http.closing(new RawClient(handshake(listener, certificates.client(), "TLSv1.3")));
    }

    private SSLSocket handshake(HttpListener listener, SSLContext client, String version) throws IOException {
        return handshake(RawClient.connect(listener.localAddress(), 0), client, version);
    }

    private SSLSocket handshake(Socket raw, SSLContext client, String version) throws IOException {
        return handshake(raw, client, version, true);
    }

    private SSLSocket handshake(Socket raw, SSLContext client, String version, boolean owns) throws IOException {
        http.closing(raw);
        InetSocketAddress server = (InetSocketAddress) raw.getRemoteSocketAddress();
        SSLSocket socket = (SSLSocket) client.getSocketFactory()
                .createSocket(raw, server.getAddress().getHostAddress(), server.getPort(), owns);
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        return socket;
    }

    private static Certificate leafOf(SSLSocket socket) throws SSLException {
        return socket.getSession().getPeerCertificates()[0];
    }

    private String openssl(HttpListener listener, String input, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "s_client",
                "-connect",
                HostPort.format(listener.localAddress()),
                "-CAfile",
                directory.resolve("root.pem").toString()));
        all.addAll(List.of(arguments));
        return OpenSslCommand.run(input, all).output();
    }

    private int handshakes(String result, String version) {
        return count("peerdist_tls_handshakes", "result", result, "version", version);
    }

    private int count(String name, String... tags) {
        return (int) http.registry().get(name).tags(tags).counter().count();
    }
}
