// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static io.peerdist.contentserver.PeerDistRequests.IPXE;
import static io.peerdist.contentserver.PeerDistRequests.MISSING;
import static io.peerdist.contentserver.PeerDistRequests.V1_ONLY;
import static io.peerdist.contentserver.PeerDistRequests.assertDescribes;
import static io.peerdist.contentserver.PeerDistRequests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.RawHttpClient.Response;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
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
        server = new TestServer(TestServer.patient(root, temporary.resolve("data"), "127.0.0.1"), ManualClock.ahead());
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
                "/dir/.",
                "/dir/./../../outside",
                "/./.hidden",
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

    private static RawHttpClient client() throws IOException {
        return new RawHttpClient(server.address());
    }
}
