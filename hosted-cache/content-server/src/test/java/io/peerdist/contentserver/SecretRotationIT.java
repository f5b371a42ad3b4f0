// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static io.peerdist.contentserver.PeerDistRequests.IPXE;
import static io.peerdist.contentserver.PeerDistRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.RawHttpClient.Response;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret takes over while clients hold answers of the former one; only the clock moves. */
final class SecretRotationIT {
    private static final byte[] CONTENT = Gen.ofSeed(3).bytes(300_000);

    @TempDir
    private Path directory;

    private final ManualClock clock = ManualClock.ahead();
    private final Instant from = clock.instant().plusSeconds(86_400);
    private final Instant until = from.plusSeconds(86_400);
    private Path root;
    private Path first;
    private Path second;

    @BeforeEach
    void writeFiles() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        Files.write(root.resolve("file"), CONTENT);
        first = Files.writeString(directory.resolve("first"), "first");
        second = Files.writeString(directory.resolve("second"), "second");
    }

    @Test
    void usesTheNextSecretFromItsTimeOnWithoutARestart() throws IOException {
        try (TestServer server = new TestServer(rotating(), clock);
                RawHttpClient client = new RawHttpClient(server.address())) {
            Response old = client.get("/file", IPXE);
            Response plain = client.head("/file");
            clock.set(from.minusNanos(1));
            assertThat(client.get("/file", IPXE).body()).isEqualTo(old.body());
            clock.set(from);
            Response now = client.get("/file", IPXE);

            assertThat(idOf(now)).isNotEqualTo(idOf(old));
            assertThat(now.header("ETag")).isNotEqualTo(old.header("ETag"));
            assertThat(client.head("/file").header("ETag"))
                    .as("the bytes are the same whatever the secret")
                    .isEqualTo(plain.header("ETag"));
            Response conditional = client.get("/file", with(IPXE, "If-None-Match: " + old.header("ETag")));
            assertThat(conditional.status()).isEqualTo(200);
            assertThat(idOf(conditional)).isEqualTo(idOf(now));
        }
    }

    @Test
    void servesMissingBytesToHoldersOfFormerAnswersUntilTheyAreDropped() throws IOException {
        try (TestServer server = new TestServer(rotating(), clock);
                RawHttpClient client = new RawHttpClient(server.address())) {
            String tag = client.get("/file", IPXE).header("ETag");
            clock.set(from);

            Response part = missing(client, tag);
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).hasSize(100);
            clock.set(until);

            assertThat(missing(client, tag).status())
                    .as("the tag is of no version now")
                    .isEqualTo(200);
        }
    }

    @Test
    void dropsKeptAnswersOfADroppedSecret() throws IOException {
        try (TestServer server = new TestServer(rotating(), clock);
                RawHttpClient client = new RawHttpClient(server.address())) {
            client.get("/file", IPXE);
            clock.set(from);
            client.get("/file", IPXE);
            assertThat(entries(server)).isEqualTo(4);

            clock.set(until);

            Await.until("the first secret's answers are gone", () -> entries(server) == 2);
        }
        ContentServerSettings left =
                TestServer.patient(root, directory.resolve("data"), "127.0.0.1").withSecretFile(first);
        try (TestServer server = new TestServer(left, clock)) {
            Await.until("what a former configuration left is gone too", () -> entries(server) == 0);
        }
    }

    @Test
    void refusesTheSameSecretTwice() throws IOException {
        Files.writeString(second, "first");

        assertThatThrownBy(() -> new TestServer(rotating(), clock))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("twice in the ring")
                .hasMessageContaining(ContentSecrets.derive(SecretKey.of(Files.readAllBytes(first)))
                        .shortId());
    }

    private ContentServerSettings rotating() throws IOException {
        return TestServer.patient(root, directory.resolve("data"), "127.0.0.1")
                .withSecrets(new SecretSettings(
                        Optional.of(first),
                        Optional.of(until),
                        Optional.of(second),
                        Optional.of(from),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static Response missing(RawHttpClient client, String tag) throws IOException {
        return client.get("/file", PeerDistRequests.MISSING, "Range: bytes=0-99", "If-Range: " + tag);
    }

    private static double entries(TestServer server) {
        return server.registry
                .get("peerdist_content_information_entries")
                .gauge()
                .value();
    }

    private static String idOf(Response response) {
        return ContentInformation.decode(ByteBuffer.wrap(response.body()))
                .segments()
                .get(0)
                .id()
                .toString();
    }
}
