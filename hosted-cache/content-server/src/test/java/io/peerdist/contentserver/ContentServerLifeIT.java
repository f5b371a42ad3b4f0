// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static io.peerdist.contentserver.PeerDistRequests.IPXE;
import static io.peerdist.contentserver.PeerDistRequests.MISSING;
import static io.peerdist.contentserver.PeerDistRequests.V1_ONLY;
import static io.peerdist.contentserver.PeerDistRequests.assertDescribes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.RawHttpClient.Response;
import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.contentserver.information.InformationLimits;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers with a life of their own: settings, restarts, files that change under them. */
final class ContentServerLifeIT {
    private static final byte[] CONTENT = Gen.ofSeed(42).bytes(300_000);

    @TempDir
    private Path temporary;

    private Path root;

    @BeforeEach
    void writeFiles() throws IOException {
        root = temporary.resolve("root");
        Files.createDirectories(root.resolve("dir"));
        Files.write(root.resolve("two.bin"), CONTENT);
        Files.writeString(root.resolve("dir/file"), "below");
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
        ContentServerSettings settings = ContentServerSettings.of(
                vanishing, TestServer.anyPort("127.0.0.1"), temporary.resolve("data-vanishing"));
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
    void refusesADataDirectoryThatAnotherServerHas() throws IOException {
        ContentServerSettings settings = patientIn("shared", "127.0.0.1");
        try (TestServer first = new TestServer(settings, ManualClock.ahead())) {
            assertThatThrownBy(() -> new TestServer(settings, ManualClock.ahead()).close())
                    .as("while %s runs", first.address())
                    .isInstanceOf(FailureException.class)
                    .extracting(failure -> ((FailureException) failure).exitCode())
                    .isEqualTo(ExitCode.STORE_LOCKED);
        }
    }

    private ContentServerSettings patientIn(String data, String address) throws IOException {
        return TestServer.patient(root, temporary.resolve("data-" + data), address);
    }

    private ContentServerSettings settings(String data, String address) throws IOException {
        return ContentServerSettings.of(root, TestServer.anyPort(address), temporary.resolve("data-" + data));
    }
}
