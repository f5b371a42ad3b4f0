// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.RawHttpClient.Response;
import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.contentserver.information.InformationLimits;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One server, asked over real sockets with the header fields that real clients send. */
final class ContentServerIT {
    private static final String[] IPXE = {
        "Accept-Encoding: peerdist",
        "Connection: keep-alive",
        "User-Agent: iPXE/2.0.0+",
        "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0",
        "X-P2P-PeerDist: Version=1.1",
    };
    private static final String[] V1_ONLY = {"Accept-Encoding: gzip, deflate, peerdist", "X-P2P-PeerDist: Version=1.0"};
    private static final String MISSING = "X-P2P-PeerDist: Version=1.1, MissingDataRequest=true";
    private static final byte[] CONTENT = Gen.ofSeed(42).bytes(300_000);

    @TempDir
    private static Path temporary;

    private static Path root;
    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        root = Files.createDirectories(temporary.resolve("root"));
        Files.write(root.resolve("two.bin"), CONTENT);
        Files.setLastModifiedTime(root.resolve("two.bin"), FileTime.from(Instant.ofEpochSecond(784111777)));
        Files.writeString(root.resolve("index.html"), "<p>hello</p>");
        Files.createDirectories(root.resolve("dir"));
        Files.writeString(root.resolve("dir/file"), "below");
        Files.writeString(root.resolve(".hidden"), "hidden");
        Files.writeString(temporary.resolve("outside"), "secret");
        Files.createSymbolicLink(root.resolve("escape"), temporary.resolve("outside"));
        server = new TestServer(patient("127.0.0.1"), ManualClock.ahead());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65535, 65536, 65537, 131073, 33554432, 33554433})
    void describesFilesOfEverySizeInBothVersions(int bytes) throws IOException {
        byte[] content = Gen.ofSeed(bytes).bytes(bytes);
        Files.write(root.resolve("size-" + bytes), content);
        try (RawHttpClient client = client()) {
            for (int version = 1; version <= 2; version++) {
                Response response = client.get("/size-" + bytes, version == 1 ? V1_ONLY : IPXE);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("Content-Encoding")).isEqualTo("peerdist");
                assertThat(response.header("X-P2P-PeerDist"))
                        .isEqualTo("Version=1." + (version - 1) + ", ContentLength=" + bytes);
                assertDescribes(response.body(), version, content);
            }
            Response plain = client.get("/size-" + bytes);
            assertThat(plain.header("Content-Encoding")).isEmpty();
            assertThat(Arrays.equals(plain.body(), content)).isTrue();
        } finally {
            Files.delete(root.resolve("size-" + bytes));
        }
    }

    @Test
    void sendsAnEmptyFilePlain() throws IOException {
        Files.createFile(root.resolve("empty"));
        try (RawHttpClient client = client()) {
            Response response = client.get("/empty", IPXE);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Length")).isEqualTo("0");
            assertThat(response.header("Content-Encoding")).isEmpty();
            assertThat(response.header("X-P2P-PeerDistEx")).isEmpty();
        }
    }

    @Test
    void servesIpxeAsItsProgramNeeds() throws IOException {
        try (RawHttpClient client = client()) {
            Response information = client.get("/two.bin", IPXE);
            assertDescribes(information.body(), 2, CONTENT);
            assertThat(information.header("X-P2P-PeerDist")).isEqualTo("Version=1.1, ContentLength=300000");

            Response missing = client.get(
                    "/two.bin",
                    "Range: bytes=61440-99999",
                    "Connection: keep-alive",
                    "User-Agent: iPXE/2.0.0+",
                    MISSING);
            assertThat(missing.status()).isEqualTo(206);
            assertThat(missing.header("Content-Range")).isEqualTo("bytes 61440-99999/300000");
            assertThat(missing.body()).isEqualTo(Arrays.copyOfRange(CONTENT, 61440, 100_000));
        }
        assertThat(server.count("peerdist_origin_requests", "kind", "missing")).isPositive();
    }

    @Test
    void makesAnswersSafeForSharedCaches() throws IOException {
        String vary = "accept-encoding, X-P2P-PeerDist, X-P2P-PeerDistEx";
        try (RawHttpClient client = client()) {
            Response plain = client.get("/two.bin");
            Response v1 = client.get("/two.bin", V1_ONLY);
            Response v2 = client.get("/two.bin", IPXE);

            assertThat(Set.of(plain.header("ETag"), v1.header("ETag"), v2.header("ETag")))
                    .hasSize(3);
            assertThat(plain.header("ETag")).matches("\"[0-9a-f]{32}\"");
            assertThat(v1.header("ETag")).matches("\"[0-9a-f]{32}-p1\"");
            assertThat(v2.header("ETag")).matches("\"[0-9a-f]{32}-p2\"");
            for (Response response : List.of(v1, v2)) {
                assertThat(response.header("Cache-Control")).isEqualTo("no-transform");
                assertThat(response.header("Last-Modified")).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
            }
            for (Response response : List.of(
                    plain,
                    v1,
                    v2,
                    client.head("/two.bin"),
                    client.get("/absent"),
                    client.get("/two.bin", "Range: bytes=0-1"),
                    client.get("/two.bin", "Range: bytes=300000-"),
                    client.get("/two.bin", "If-Match: \"other\""),
                    client.get("/two.bin", "If-None-Match: " + plain.header("ETag")))) {
                assertThat(response.header("Vary")).as("%d", response.status()).isEqualToIgnoringCase(vary);
                assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(response.header("Server")).isEqualTo("peerdist");
                assertThat(response.header("Date")).isNotEmpty();
            }
        }
    }

    @Test
    void answersHeadWithTheSizeOfTheBytes() throws IOException {
        try (RawHttpClient client = client()) {
            Response head = client.head("/two.bin", IPXE);

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("300000");
            assertThat(head.header("Content-Encoding")).isEmpty();
            assertThat(head.header("Accept-Ranges")).isEqualTo("bytes");
            assertThat(head.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(head.header("ETag")).isEqualTo(client.get("/two.bin").header("ETag"));
            assertThat(client.head("/two.bin", "Range: bytes=0-1").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 206 | 0 | 1",
                "bytes=-5 | 206 | 299995 | 300000",
                "bytes=299999- | 206 | 299999 | 300000",
                "bytes=100-1000000 | 206 | 100 | 300000",
                "bytes=0-1,5-6 | 200 | 0 | 300000",
                "bytes=x | 200 | 0 | 300000",
            })
    void sendsTheRangeThatIsAskedFor(String range, int status, int from, int to) throws IOException {
        try (RawHttpClient client = client()) {
            Response response = client.get("/two.bin", "Range: " + range);

            assertThat(response.status()).isEqualTo(status);
            assertThat(Arrays.equals(response.body(), Arrays.copyOfRange(CONTENT, from, to)))
                    .isTrue();
        }
    }

    @Test
    void refusesARangeBeyondTheEnd() throws IOException {
        try (RawHttpClient client = client()) {
            Response response = client.get("/two.bin", "Range: bytes=300000-");

            assertThat(response.status()).isEqualTo(416);
            assertThat(response.header("Content-Range")).isEqualTo("bytes */300000");
            assertThat(client.get("/two.bin").status()).isEqualTo(200);
        }
    }

    @Test
    void sendsBytesForARangeEvenToClientsThatTakePeerDist() throws IOException {
        try (RawHttpClient client = client()) {
            String[] fields = Arrays.copyOf(IPXE, IPXE.length + 1);
            fields[IPXE.length] = "Range: bytes=10-19";

            Response response = client.get("/two.bin", fields);

            assertThat(response.status()).isEqualTo(206);
            assertThat(response.header("Content-Encoding")).isEmpty();
            assertThat(response.body()).isEqualTo(Arrays.copyOfRange(CONTENT, 10, 20));
        }
    }

    @Test
    void honoursConditionsOfEveryVariant() throws IOException {
        try (RawHttpClient client = client()) {
            String plain = client.get("/two.bin").header("ETag");
            String v2 = client.get("/two.bin", IPXE).header("ETag");
            String[] ifV2 = with(IPXE, "If-None-Match: " + v2);
            String[] ifPlain = with(IPXE, "If-None-Match: " + plain);

            assertThat(client.get("/two.bin", "If-None-Match: " + plain).status())
                    .isEqualTo(304);
            assertThat(client.get("/two.bin", "If-None-Match: " + v2).status()).isEqualTo(200);
            assertThat(client.get("/two.bin", ifV2).status()).isEqualTo(304);
            assertThat(client.get("/two.bin", ifV2).header("ETag")).isEqualTo(v2);
            assertThat(client.get("/two.bin", ifPlain).header("Content-Encoding"))
                    .isEqualTo("peerdist");
            assertThat(client.get("/two.bin", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")
                            .status())
                    .isEqualTo(304);
            assertThat(client.get("/two.bin", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT")
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/two.bin", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT")
                            .status())
                    .isEqualTo(412);
            assertThat(client.get("/two.bin", with(IPXE, "If-Match: \"other\"")).status())
                    .isEqualTo(412);
            assertThat(client.get("/two.bin", "If-Match: " + v2, MISSING).body())
                    .hasSize(CONTENT.length);
            for (String tag : List.of(plain, v2)) {
                assertThat(client.get("/two.bin", "Range: bytes=0-9", "If-Range: " + tag)
                                .status())
                        .isEqualTo(206);
            }
            assertThat(client.get("/two.bin", "Range: bytes=0-9", "If-Range: \"old\"")
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/two.bin", "Range: bytes=0-9", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT")
                            .status())
                    .isEqualTo(206);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/absent",
                "/",
                "/dir",
                "/dir/",
                "/../outside",
                "/dir/../../outside",
                "/%2e%2e/outside",
                "/..%2foutside",
                "/%2e%2e%2foutside",
                "/%252e%252e/outside",
                "/..%5coutside",
                "/..\\outside",
                "//etc/passwd",
                "/%2fetc/passwd",
                "/dir/./file",
                "/two.bin%00",
                "/two.bin%00.html",
                "/.hidden",
                "/%2ehidden",
                "/escape",
                "/two.bin/",
                "/two.bin/x",
                "/%ff",
                "/%",
                "file:///etc/passwd",
            })
    void servesNothingBesideItsFiles(String target) throws IOException {
        try (RawHttpClient client = client()) {
            assertThat(client.get(target).status()).isEqualTo(404);
            assertThat(client.head(target).status()).isEqualTo(404);
            assertThat(client.get(target, IPXE).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({"/dir/file, below", "/dir/file?version=2, below", "http://somebody.example/dir/file, below"})
    void servesItsFilesUnderAnyHost(String target, String content) throws IOException {
        try (RawHttpClient client = client()) {
            assertThat(client.get(target).body()).isEqualTo(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"})
    void allowsOnlyReading(String method) throws IOException {
        try (RawHttpClient client = client()) {
            Response response = client.request(method, "/two.bin", "Content-Length: 0");

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void tellsTheMediaType() throws IOException {
        try (RawHttpClient client = client()) {
            assertThat(client.get("/index.html").header("Content-Type")).isEqualTo("text/html");
            assertThat(client.get("/index.html", IPXE).header("Content-Type")).isEqualTo("text/html");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Version=999.999 | MinContentInformation=1.0, MaxContentInformation=2.0 | ''",
                "Version=1.1 | MinContentInformation=3.0, MaxContentInformation=4.0 | ''",
                "Version=1.1 | MinContentInformation=1.0, MaxContentInformation=1.0 | 1",
                "Version=1.1 | MinContentInformation=2.0, MaxContentInformation=2.0 | 2",
                "Version=1.1, MissingDataRequest=true | MinContentInformation=1.0, MaxContentInformation=2.0 | ''",
                "Version=1.1, MissingDataRequest=false | MinContentInformation=1.0, MaxContentInformation=2.0 | 2",
                "Version=1.1 | '' | 1",
            })
    void choosesTheVersionThatTheClientReads(String peerDist, String peerDistEx, String version) throws IOException {
        try (RawHttpClient client = client()) {
            String[] fields = {"Accept-Encoding: peerdist", "X-P2P-PeerDist: " + peerDist};
            Response response = client.get(
                    "/two.bin", peerDistEx.isEmpty() ? fields : with(fields, "X-P2P-PeerDistEx: " + peerDistEx));

            assertThat(response.header("Content-Encoding")).isEqualTo(version.isEmpty() ? "" : "peerdist");
            if (version.isEmpty()) {
                assertThat(Arrays.equals(response.body(), CONTENT)).isTrue();
            } else {
                assertDescribes(response.body(), Integer.parseInt(version), CONTENT);
            }
        }
    }

    @Test
    void sendsBytesAndCountsWhenAHeaderFieldIsMalformed() throws IOException {
        double before = server.count("peerdist_malformed", "protocol", "MS-PCCRTP");
        try (RawHttpClient client = client()) {
            for (String[] fields : new String[][] {
                {"Accept-Encoding: peerdist", "X-P2P-PeerDist: Version=1"},
                {"Accept-Encoding: peerdist", "X-P2P-PeerDist: garbage"},
                {"Accept-Encoding: peerdist", "X-P2P-PeerDist: Version=1.1", "X-P2P-PeerDistEx: MinContentInformation=x"
                },
                {"X-P2P-PeerDist: MissingDataRequest=true"},
            }) {
                Response response = client.get("/two.bin", fields);
                assertThat(response.status()).isEqualTo(200);
                assertThat(Arrays.equals(response.body(), CONTENT)).isTrue();
            }
        }
        assertThat(server.count("peerdist_malformed", "protocol", "MS-PCCRTP")).isEqualTo(before + 4);
    }

    @Test
    void takesAHashRequestWithoutAcceptEncodingAsTheSpecificationWritesIt() throws IOException {
        try (RawHttpClient client = client()) {
            Response response = client.get(
                    "/two.bin",
                    "X-P2P-PeerDist: Version=1.1",
                    "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true");

            assertDescribes(response.body(), 2, CONTENT);
        }
        assertThat(server.count("peerdist_origin_requests", "kind", "hash")).isPositive();
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws IOException {
        Files.write(root.resolve("unhashed"), Gen.ofSeed(8).bytes(2_000_000));
        try (RawHttpClient client = client()) {
            client.send("GET", "/unhashed", IPXE);
            client.send("GET", "/dir/file");
            client.send("HEAD", "/two.bin");

            assertThat(client.receive("GET").header("Content-Encoding")).isEqualTo("peerdist");
            assertThat(client.receive("GET").body()).hasSize(5);
            assertThat(client.receive("HEAD").header("Content-Length")).isEqualTo("300000");
        }
    }

    @Test
    void servesHttp10() throws IOException {
        try (RawHttpClient client = client()) {
            client.sendRaw("GET /dir/file HTTP/1.0\r\n\r\n");

            assertThat(client.receive("GET").body()).hasSize(5);
            assertThat(client.drain()).isZero();
        }
    }

    @Test
    void closesTheConnectionWhenAFileShrinksWhileItIsSent() throws IOException {
        long bytes = 256L << 20; // far more than socket buffers hold
        Path file = root.resolve("shrinking");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw");
                RawHttpClient client = client()) {
            sparse.setLength(bytes);
            client.send("GET", "/shrinking");
            assertThat(client.receiveHead().header("Content-Length")).isEqualTo(Long.toString(bytes));
            sparse.setLength(1);

            assertThat(client.drain()).isLessThan(bytes);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void countsWhatItSends() throws IOException {
        try (TestServer counted = new TestServer(patientIn("counted", "127.0.0.1"), ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(counted.address())) {
            int informationBytes = client.get("/two.bin", IPXE).body().length;
            client.get("/two.bin", V1_ONLY);
            client.get("/two.bin");
            client.get("/two.bin", "Range: bytes=0-9", MISSING);
            client.head("/two.bin");
            client.get("/absent");

            Await.until("all is counted", () -> counted.count("peerdist_origin_requests") >= 6);
            for (String kind : List.of("plain", "missing", "head", "other")) {
                assertThat(counted.count("peerdist_origin_requests", "kind", kind))
                        .as(kind)
                        .isEqualTo(1);
            }
            assertThat(counted.count("peerdist_origin_requests", "kind", "peerdist"))
                    .isEqualTo(2);
            assertThat(counted.count("peerdist_ci_encoded", "version", "2")).isEqualTo(1);
            assertThat(counted.count("peerdist_hash_bytes")).isEqualTo(CONTENT.length);
            assertThat(counted.registry.get("peerdist_hash_generation").timer().count())
                    .isEqualTo(1);
            Await.until(
                    "octets are counted",
                    () -> counted.count("peerdist_origin_sent_bytes", "kind", "plain") == CONTENT.length
                            && counted.count("peerdist_origin_sent_bytes", "kind", "missing") == 10
                            && counted.count("peerdist_origin_sent_bytes", "kind", "peerdist") > informationBytes);
        }
    }

    @Test
    void reusesItsContentInformationAfterARestart() throws IOException {
        byte[] first;
        try (TestServer before = new TestServer(patientIn("restarted", "127.0.0.1"), ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(before.address())) {
            first = client.get("/two.bin", IPXE).body();
            assertThat(before.count("peerdist_hash_bytes")).isEqualTo(CONTENT.length);
        }
        try (TestServer after = new TestServer(patientIn("restarted", "127.0.0.1"), ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(after.address())) {
            assertThat(client.get("/two.bin", IPXE).body()).isEqualTo(first);
            assertThat(client.get("/two.bin", V1_ONLY).header("Content-Encoding"))
                    .isEqualTo("peerdist");
            assertThat(after.count("peerdist_hash_bytes")).isZero();
        }
    }

    @Test
    void givesOtherSegmentIdsUnderAnotherSecret() throws IOException {
        Path secret = temporary.resolve("secret");
        Set<String> ids = new HashSet<>();
        Set<String> tags = new HashSet<>();
        for (String key : List.of("one", "two", "one")) {
            Files.writeString(secret, key);
            ContentServerSettings settings = patientIn("keyed", "127.0.0.1").withSecretFile(secret);
            try (TestServer keyed = new TestServer(settings, ManualClock.ahead());
                    RawHttpClient client = new RawHttpClient(keyed.address())) {
                Response response = client.get("/two.bin", IPXE);
                ids.add(ContentInformation.decode(ByteBuffer.wrap(response.body()))
                        .segments()
                        .get(0)
                        .id()
                        .toString());
                tags.add(response.header("ETag"));
            }
        }

        assertThat(ids).hasSize(2);
        assertThat(tags).hasSize(2);
    }

    @Test
    void asksForAHashRequestWhileItHashes() throws IOException {
        ContentServerSettings impatient = settings("impatient", "127.0.0.1")
                .withOrigin(new OriginSettings(Duration.ZERO, Duration.ofSeconds(20)));
        try (TestServer hashing = new TestServer(impatient, Clock.system());
                RawHttpClient client = new RawHttpClient(hashing.address())) {
            Response plain = client.get("/two.bin", IPXE);
            assertThat(plain.status()).isEqualTo(200);
            assertThat(plain.header("Content-Encoding")).isEmpty();
            assertThat(plain.header("X-P2P-PeerDist")).isEqualTo("Version=1.1");
            assertThat(plain.header("X-P2P-PeerDistEx")).isEqualTo("MakeHashRequest=true");
            assertThat(plain.header("ETag")).matches("\"[0-9a-f]{32}\"");
            assertThat(Arrays.equals(plain.body(), CONTENT)).isTrue();

            String[] again = IPXE.clone();
            again[3] += ", HashRequest=true";
            assertDescribes(client.get("/two.bin", again).body(), 2, CONTENT);
            assertThat(client.get("/two.bin", IPXE).header("Content-Encoding")).isEqualTo("peerdist");
        }
    }

    @Test
    void describesAChangedFileAnewAndNeverByItsOldHashes() throws IOException {
        Path file = root.resolve("changing");
        FileTime modified = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
        // This machine's own clock, so a file just written waits until its time stamps tell it from the next one.
        try (TestServer clocked = new TestServer(patientIn("changing", "127.0.0.1"), Clock.system());
                RawHttpClient client = new RawHttpClient(clocked.address())) {
            for (int i = 0; i < 4; i++) {
                byte[] content = Gen.ofSeed(100 + i).bytes(100_000);
                Files.write(file, content);
                Files.setLastModifiedTime(file, modified);

                Response response = client.get("/changing", i % 2 == 0 ? IPXE : V1_ONLY);

                assertThat(response.header("Content-Encoding")).isEqualTo("peerdist");
                assertDescribes(response.body(), i % 2 == 0 ? 2 : 1, content);
            }
        }
    }

    @Test
    void sendsFilesBelowTheMinimumPlain() throws IOException {
        ContentServerSettings settings =
                settings("minimum", "127.0.0.1").withLimits(new InformationLimits(300_001, 1 << 30, 0));
        try (TestServer limited = new TestServer(settings, ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(limited.address())) {
            Response response = client.get("/two.bin", IPXE);

            assertThat(response.header("Content-Encoding")).isEmpty();
            assertThat(response.header("X-P2P-PeerDistEx")).isEmpty();
        }
    }

    @Test
    void servesIpv6() throws IOException {
        try (TestServer ipv6 = new TestServer(patientIn("ipv6", "::1"), ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(ipv6.address())) {
            assertDescribes(client.get("/two.bin", IPXE).body(), 2, CONTENT);
            assertThat(client.get("/dir/file").body()).hasSize(5);
        }
    }

    @Test
    void answers503WhenTheRootIsGone() throws IOException {
        Path vanishing = Files.createDirectories(temporary.resolve("vanishing"));
        Files.writeString(vanishing.resolve("file"), "x");
        ContentServerSettings settings =
                ContentServerSettings.of(vanishing, anyPort("127.0.0.1"), temporary.resolve("data-vanishing"));
        try (TestServer rootless = new TestServer(settings, ManualClock.ahead());
                RawHttpClient client = new RawHttpClient(rootless.address())) {
            assertThat(client.get("/file").status()).isEqualTo(200);
            Files.move(vanishing, temporary.resolve("vanished"));

            Response response = client.get("/file");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.header("Retry-After")).isEqualTo("1");
        }
    }

    @Test
    void refusesADataDirectoryThatAnotherServerHas() {
        assertThatThrownBy(() -> new TestServer(patient("127.0.0.1"), ManualClock.ahead()).close())
                .isInstanceOf(FailureException.class)
                .extracting(failure -> ((FailureException) failure).exitCode())
                .isEqualTo(ExitCode.STORE_LOCKED);
    }

    private static void assertDescribes(byte[] encoded, int version, byte[] content) {
        ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(encoded));
        assertThat(information.version()).isEqualTo(version);
        assertThat(information.range().offset()).isZero();
        assertThat(information.range().length()).isEqualTo(content.length);
        long at = 0;
        for (SegmentDescription segment : information.segments()) {
            assertThat(segment.offsetInContent()).isEqualTo(at);
            assertThat(segment.provesHashOfData()).isTrue();
            for (int i = 0; i < segment.blockCount(); i++) {
                int offset = (int) at + i * segment.blockBytes();
                assertThat(segment.matches(i, content, offset, segment.blockLength(i)))
                        .isTrue();
            }
            at += segment.segmentBytes();
        }
        assertThat(at).isEqualTo(content.length);
    }

    private static String[] with(String[] fields, String another) {
        String[] more = Arrays.copyOf(fields, fields.length + 1);
        more[fields.length] = another;
        return more;
    }

    private static RawHttpClient client() throws IOException {
        return new RawHttpClient(server.address());
    }

    /** Waits for hashes as long as the slowest machine may need, so that tests of the encoding never get bytes. */
    private static ContentServerSettings patient(String address) throws IOException {
        return patientIn("patient", address);
    }

    private static ContentServerSettings patientIn(String data, String address) throws IOException {
        return settings(data, address).withOrigin(new OriginSettings(Duration.ofSeconds(20), Duration.ofSeconds(20)));
    }

    private static ContentServerSettings settings(String data, String address) throws IOException {
        return ContentServerSettings.of(root, anyPort(address), temporary.resolve("data-" + data));
    }

    private static InetSocketAddress anyPort(String address) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), 0);
    }
}
