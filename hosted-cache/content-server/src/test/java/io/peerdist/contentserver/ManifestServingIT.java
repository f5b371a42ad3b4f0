// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static io.peerdist.contentserver.PeerDistRequests.IPXE;
import static io.peerdist.contentserver.PeerDistRequests.V1_ONLY;
import static io.peerdist.contentserver.PeerDistRequests.assertDescribes;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.manifest.ManifestSettings;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.tls.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifest as a hosted cache sees it, over TLS, with the JDK's client and with curl and openssl. */
final class ManifestServingIT {
    private static final byte[] CONTENT = Gen.ofSeed(11).bytes(300_000);
    private static final int SIGNATURE_BYTES = 64;

    @TempDir
    private Path directory;

    private final ManualClock clock = ManualClock.ahead();
    private final Instant from = clock.instant().plusSeconds(1000);
    private final Instant until = clock.instant().plusSeconds(2000);
    private Path root;
    private Path data;

    @BeforeEach
    void writeFiles() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        data = directory.resolve("data");
        Files.write(root.resolve("file"), CONTENT);
    }

    @Test
    void tellsBothVersionsOfWhatItsClientsGot() throws Exception {
        try (TestServer server = start(publishing());
                RawHttpClient client = new RawHttpClient(server.address())) {
            assertThat(page(server, "").entries()).isEmpty();
            byte[] v2 = client.get("/file", IPXE).body();
            byte[] v1 = client.get("/file", V1_ONLY).body();

            ManifestPage page = page(server, "");

            assertThat(page.entries()).containsExactlyInAnyOrder(v1, v2);
            for (byte[] entry : page.entries()) {
                assertDescribes(
                        entry, ContentInformation.decode(ByteBuffer.wrap(entry)).version(), CONTENT);
            }
            assertThat(page.issuedSeconds()).isEqualTo(clock.instant().getEpochSecond());
            assertThat(page(server, "?feed=" + page.feedId() + "&after=" + page.next())
                            .entries())
                    .isEmpty();
        }
    }

    @Test
    void keepsItsNumbersKeyAndTokenOverARestart() throws Exception {
        ManifestPage before;
        String token;
        try (TestServer server = start(publishing());
                RawHttpClient client = new RawHttpClient(server.address())) {
            client.get("/file", IPXE);
            before = page(server, "");
            token = token();
        }
        try (TestServer server = start(publishing());
                RawHttpClient client = new RawHttpClient(server.address())) {
            assertThat(token()).isEqualTo(token);
            assertThat(page(server, "").entries()).containsExactlyElementsOf(before.entries());
            client.get("/file", IPXE);
            ManifestPage after = page(server, "?feed=" + before.feedId() + "&after=" + before.next());

            assertThat(after.feedId()).isEqualTo(before.feedId());
            assertThat(after.entries()).as("nothing new was made").isEmpty();
            Files.write(root.resolve("another"), CONTENT);
            clock.set(clock.instant().plusSeconds(60));
            client.get("/another", IPXE);
            assertThat(page(server, "?feed=" + before.feedId() + "&after=" + after.next())
                            .entries())
                    .hasSize(2);
        }
    }

    @Test
    void takesInWhatWasMadeBeforeItWasTurnedOn() throws Exception {
        byte[] v2;
        try (TestServer server = start(TestServer.patient(root, data, "127.0.0.1"));
                RawHttpClient client = new RawHttpClient(server.address())) {
            v2 = client.get("/file", IPXE).body();
            assertThat(server.server.manifestAddress()).isEmpty();
        }
        try (TestServer server = start(publishing());
                RawHttpClient client = new RawHttpClient(server.address())) {
            assertThat(page(server, "").entries()).isEmpty();
            client.get("/file", IPXE);

            assertThat(page(server, "").entries()).containsExactly(v2);
        }
    }

    @Test
    void tellsWhatWasMadeWithASecretUntilItIsDropped() throws Exception {
        ContentServerSettings rotating = publishing()
                .withSecrets(new SecretSettings(
                        Optional.of(Files.writeString(directory.resolve("first"), "first")),
                        Optional.of(until),
                        Optional.of(Files.writeString(directory.resolve("second"), "second")),
                        Optional.of(from),
                        Optional.empty(),
                        Optional.empty()));
        try (TestServer server = start(rotating);
                RawHttpClient client = new RawHttpClient(server.address())) {
            byte[] old = client.get("/file", IPXE).body();
            clock.set(from);
            byte[] now = client.get("/file", IPXE).body();
            assertThat(page(server, "").entries()).hasSize(4).contains(old, now);

            clock.set(until);

            assertThat(page(server, "").entries()).hasSize(2).contains(now).doesNotContain(old);
        }
    }

    @Test
    void answersNobodyWithoutTheTokenAndNobodyWithoutTls() throws Exception {
        try (TestServer server = start(publishing());
                RawHttpClient plain =
                        new RawHttpClient(server.server.manifestAddress().orElseThrow())) {
            HttpRequest request = HttpRequest.newBuilder(uri(server, "")).build();
            HttpResponse<byte[]> response = http().send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(catchPlain(plain)).isNotEqualTo(200);
        }
    }

    @Test
    void isReadByCurlAndVerifiedByOpenSsl() throws Exception {
        needs("curl");
        needs("openssl");
        try (TestServer server = start(publishing());
                RawHttpClient client = new RawHttpClient(server.address())) {
            byte[] v2 = client.get("/file", IPXE).body();
            Path page = directory.resolve("page");
            Path headers = Files.writeString(directory.resolve("headers"), "Authorization: Bearer " + token() + "\n");
            run(
                    "curl",
                    "-sSf",
                    "--noproxy",
                    "*",
                    "--max-time",
                    "60",
                    "--cacert",
                    certificate().toString(),
                    "-H",
                    "@" + headers,
                    "-o",
                    page.toString(),
                    uri(server, "").toString());
            byte[] octets = Files.readAllBytes(page);
            assertThat(octets).containsSequence(v2);

            assertThat(verify(octets)).isZero();
            octets[100] ^= 1;
            assertThat(verify(octets)).isNotZero();
        }
    }

    private int verify(byte[] page) throws Exception {
        int signed = page.length - SIGNATURE_BYTES;
        byte[] context = "peerdist manifest v1\0".getBytes(StandardCharsets.US_ASCII);
        byte[] message = Arrays.copyOf(context, context.length + signed);
        System.arraycopy(page, 0, message, context.length, signed);
        Path messageFile = Files.write(directory.resolve("message"), message);
        Path signature = Files.write(directory.resolve("signature"), Arrays.copyOfRange(page, signed, page.length));
        return new ProcessBuilder(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-rawin",
                        "-pubin",
                        "-inkey",
                        data.resolve("manifest-public-key.pem").toString(),
                        "-in",
                        messageFile.toString(),
                        "-sigfile",
                        signature.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private ContentServerSettings publishing() throws IOException {
        return TestServer.patient(root, data, "127.0.0.1")
                .withManifest(new ManifestSettings(
                        TestServer.anyPort("127.0.0.1"),
                        Optional.empty(),
                        Optional.empty(),
                        TlsSettings.selfSigned(data)));
    }

    private TestServer start(ContentServerSettings settings) {
        return new TestServer(settings, clock);
    }

    private ManifestPage page(TestServer server, String query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(server, query))
                .header("Authorization", "Bearer " + token())
                .build();
        HttpResponse<byte[]> response = http().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        ManifestPage page = ManifestCodec.decode(
                ByteBuffer.wrap(response.body()),
                ManifestKeys.readPublicKey(Files.readString(data.resolve("manifest-public-key.pem"))));
        assertThat(page.feedId()).isNotEqualTo(FeedId.NONE);
        return page;
    }

    private String token() throws IOException {
        return Files.readString(data.resolve("manifest-token")).trim();
    }

    private static URI uri(TestServer server, String query) {
        String address = HostPort.format(server.server.manifestAddress().orElseThrow());
        return URI.create("https://" + address + ManifestCodec.PATH + query);
    }

    /** Trusts the server's own certificate and no other. */
    private HttpClient http() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "server",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate()))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private Path certificate() throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("tls"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("BEGIN CERTIFICATE")) {
                    return file;
                }
            }
        }
        throw new AssertionError("no certificate in " + data);
    }

    private static int catchPlain(RawHttpClient client) {
        try {
            return client.get(ManifestCodec.PATH).status();
        } catch (IOException closed) {
            return 0;
        }
    }

    private static void needs(String tool) {
        Assumptions.assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool))),
                "no " + tool + " on the PATH: agreement with it not checked");
    }

    private static void run(String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
