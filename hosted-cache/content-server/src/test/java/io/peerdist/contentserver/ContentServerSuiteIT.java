// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.RawHttpClient.Response;
import io.peerdist.contentserver.http.OriginSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cases of Microsoft's BranchCache suite for a content server over HTTP, each under its name there and asserting what it
 * asserts. Requests are the header fields that its client sends, octet for octet; answers are taken apart here, with nothing
 * but the JDK. The server sends bytes at once to whom it has no hashes for, as Windows does and the suite insists.
 */
final class ContentServerSuiteIT {
    private static final int BLOCK_BYTES = 0x10000;
    private static final int SEGMENT_BLOCKS = 512;

    /** As the suite's configuration has it: UTF-16 without a terminator. */
    private static final byte[] SERVER_SECRET = "server secret".getBytes(StandardCharsets.UTF_16LE);

    private static final byte[] MULTIPLE_BLOCKS = Gen.ofSeed(7).bytes(5 * BLOCK_BYTES + 1_234);

    @TempDir
    private Path temporary;

    private TestServer server;
    private RawHttpClient client;

    @BeforeEach
    void start() throws IOException {
        Path root = Files.createDirectories(temporary.resolve("root"));
        Files.write(root.resolve("MultipleBlocks.txt"), MULTIPLE_BLOCKS);
        Path secret = Files.write(temporary.resolve("secret"), SERVER_SECRET);
        ContentServerSettings settings = TestServer.patient(root, temporary.resolve("data"), "127.0.0.1")
                .withSecretFile(secret)
                .withOrigin(new OriginSettings(Duration.ZERO, Duration.ofSeconds(20)));
        server = new TestServer(settings, ManualClock.ahead());
        client = new RawHttpClient(server.address());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void ContentServer_BVT_ContentInformationRetrieval_V1() throws Exception {
        retrieveContentInformation(1);
    }

    @Test
    void ContentServer_BVT_ContentInformationRetrieval_V2() throws Exception {
        retrieveContentInformation(2);
    }

    /**
     * The suite has Windows hash a site by a command (Publish-BCWebContent). What makes our server hash, when nobody has asked
     * for the file before, is a request with HashRequest=true (MS-PCCRTP 3.1.5.1): it is answered with the hashes.
     */
    @Test
    void ContentServer_BVT_ForcedHashGenerationContentInformationRetrieval_V1() throws Exception {
        forceHashGeneration("MinContentInformation=1.0, MaxContentInformation=1.0, HashRequest=true");

        Response response = client.get("/MultipleBlocks.txt", suiteFields(1));

        verifyV1(MULTIPLE_BLOCKS, contentInformation(response));
    }

    @Test
    void ContentServer_BVT_ForcedHashGenerationContentInformationRetrieval_V2() throws Exception {
        forceHashGeneration("MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true");

        Response response = client.get("/MultipleBlocks.txt", suiteFields(2));

        verifyV2(MULTIPLE_BLOCKS, contentInformation(response));
    }

    @Test
    void ContentServer_BVT_MissingContentRetrieval_HTTPOnly_V1() throws IOException {
        retrieveMissingContent("X-P2P-PeerDist: Version=1.0,MissingDataRequest=true");
    }

    @Test
    void ContentServer_BVT_MissingContentRetrieval_HTTPOnly_V2() throws IOException {
        retrieveMissingContent(
                "X-P2P-PeerDist: Version=1.1,MissingDataRequest=true",
                "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0");
    }

    @Test
    void ContentServer_PccrcServer_MultipleSegment() throws Exception {
        byte[] content = Gen.ofSeed(8).bytes(BLOCK_BYTES * SEGMENT_BLOCKS + 3 * BLOCK_BYTES + 99);
        Files.write(temporary.resolve("root/MultipleSegments.txt"), content);
        assertThat(isPlain(client.get("/MultipleSegments.txt", suiteFields(1)), content))
                .isTrue();

        verifyV1(content, contentInformation(awaitPeerDist("/MultipleSegments.txt", suiteFields(1))));
    }

    @Test
    void ContentServer_PccrtpServer_ContentEncodingNotHavePeerDist() throws IOException {
        triggerAndAwaitHashes(1);

        Response response = client.get("/MultipleBlocks.txt");

        assertThat(isPlain(response, MULTIPLE_BLOCKS)).isTrue();
    }

    @Test
    void ContentServer_PccrtpServer_VersionIncompatible() throws IOException {
        triggerAndAwaitHashes(1);

        Response response =
                client.get("/MultipleBlocks.txt", "Accept-Encoding: peerdist", "X-P2P-PeerDist: Version=999.999");

        assertThat(isPlain(response, MULTIPLE_BLOCKS)).isTrue();
    }

    @Test
    void ContentServer_PccrtpServer_MissingDataRequestFalse() throws IOException {
        triggerAndAwaitHashes(1);

        Response response = client.get(
                "/MultipleBlocks.txt",
                "Accept-Encoding: peerdist",
                "X-P2P-PeerDist: Version=1.0, MissingDataRequest=false");

        assertThat(response.header("Content-Encoding")).isEqualTo("peerdist");
    }

    /** The grammar of MS-PCCRTP 2.2 has true alone; the suite wants any other word but false to mean it too (erratum 15). */
    @Test
    void ContentServer_PccrtpServer_MissingDataRequestInvalid() throws IOException {
        triggerAndAwaitHashes(1);

        Response response = client.get(
                "/MultipleBlocks.txt",
                "Accept-Encoding: peerdist",
                "X-P2P-PeerDist: Version=1.0, MissingDataRequest=InvalidValue");

        assertThat(isPlain(response, MULTIPLE_BLOCKS)).isTrue();
    }

    @Test
    void ContentServer_PccrtpServer_ContentInformationVersionIncompatible() throws IOException {
        triggerAndAwaitHashes(2);

        Response response = client.get(
                "/MultipleBlocks.txt",
                "Accept-Encoding: peerdist",
                "X-P2P-PeerDist: Version=1.1",
                "X-P2P-PeerDistEx: MinContentInformation=900.0, MaxContentInformation=999.0");

        assertThat(isPlain(response, MULTIPLE_BLOCKS)).isTrue();
    }

    private void retrieveContentInformation(int version) throws Exception {
        Response first = client.get("/MultipleBlocks.txt", suiteFields(1));
        assertThat(isPlain(first, MULTIPLE_BLOCKS)).isTrue(); // "should not have content information ready yet"

        byte[] information = contentInformation(awaitPeerDist("/MultipleBlocks.txt", suiteFields(version)));

        if (version == 1) {
            verifyV1(MULTIPLE_BLOCKS, information);
        } else {
            verifyV2(MULTIPLE_BLOCKS, information);
        }
    }

    private void forceHashGeneration(String peerDistEx) throws IOException {
        client.get(
                "/MultipleBlocks.txt",
                "Accept-Encoding: peerdist",
                "X-P2P-PeerDist: Version=1.1",
                "X-P2P-PeerDistEx: " + peerDistEx);
        assertThat(server.count("peerdist_origin_requests", "kind", "plain")).isZero();
    }

    /** The suite sends peerdist in Accept-Encoding besides, which MS-PCCRTP 2.2 forbids: the request counts all the same. */
    private void retrieveMissingContent(String... fields) throws IOException {
        triggerAndAwaitHashes(1);
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = "Accept-Encoding: peerdist";

        assertThat(isPlain(client.get("/MultipleBlocks.txt", all), MULTIPLE_BLOCKS))
                .isTrue();
    }

    private void triggerAndAwaitHashes(int version) throws IOException {
        assertThat(isPlain(client.get("/MultipleBlocks.txt", suiteFields(version)), MULTIPLE_BLOCKS))
                .isTrue();
        awaitPeerDist("/MultipleBlocks.txt", suiteFields(version));
    }

    private Response awaitPeerDist(String target, String... fields) {
        return Await.present("hashes of " + target, () -> {
            try {
                return Optional.of(client.get(target, fields))
                        .filter(response -> response.header("Content-Encoding").equals("peerdist"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String[] suiteFields(int version) {
        return version == 1
                ? new String[] {"Accept-Encoding: peerdist", "X-P2P-PeerDist: Version=1.0"}
                : new String[] {
                    "Accept-Encoding: peerdist",
                    "X-P2P-PeerDist: Version=1.1",
                    "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0"
                };
    }

    private static boolean isPlain(Response response, byte[] content) {
        return response.status() == 200
                && !response.header("Content-Encoding").equals("peerdist")
                && Arrays.equals(response.body(), content);
    }

    private static byte[] contentInformation(Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Encoding")).isEqualTo("peerdist");
        return response.body();
    }

    /** MS-PCCRC 2.3, field by field. */
    private static void verifyV1(byte[] content, byte[] information) throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN);
        int blockCount = (content.length + BLOCK_BYTES - 1) / BLOCK_BYTES;
        int segmentCount = (blockCount + SEGMENT_BLOCKS - 1) / SEGMENT_BLOCKS;
        assertThat(in.getShort()).isEqualTo((short) 0x0100); // Version
        assertThat(in.getInt()).isEqualTo(0x800C); // dwHashAlgo: SHA-256
        assertThat(in.getInt()).isZero(); // dwOffsetInFirstSegment
        in.getInt(); // dwReadBytesInLastSegment: 0 or what the last segment has
        assertThat(in.getInt()).isEqualTo(segmentCount);
        byte[][] hashesOfData = new byte[segmentCount][32];
        for (int segment = 0; segment < segmentCount; segment++) {
            long offset = (long) segment * SEGMENT_BLOCKS * BLOCK_BYTES;
            assertThat(in.getLong()).isEqualTo(offset);
            assertThat(in.getInt()).isEqualTo((int) Math.min(SEGMENT_BLOCKS * BLOCK_BYTES, content.length - offset));
            assertThat(in.getInt()).isEqualTo(BLOCK_BYTES);
            in.get(hashesOfData[segment]);
            byte[] secret = new byte[32];
            in.get(secret);
            assertThat(secret).isEqualTo(hmac("HmacSHA256", sha("SHA-256", SERVER_SECRET), hashesOfData[segment]));
        }
        for (int segment = 0; segment < segmentCount; segment++) {
            int blocks = Math.min(SEGMENT_BLOCKS, blockCount - segment * SEGMENT_BLOCKS);
            assertThat(in.getInt()).isEqualTo(blocks);
            MessageDigest hashes = MessageDigest.getInstance("SHA-256");
            for (int block = 0; block < blocks; block++) {
                int from = (segment * SEGMENT_BLOCKS + block) * BLOCK_BYTES;
                byte[] listed = new byte[32];
                in.get(listed);
                byte[] octets = Arrays.copyOfRange(content, from, Math.min(content.length, from + BLOCK_BYTES));
                assertThat(listed).as("block %d of %d", block, segment).isEqualTo(sha("SHA-256", octets));
                hashes.update(listed);
            }
            assertThat(hashesOfData[segment]).isEqualTo(hashes.digest());
        }
        assertThat(in.hasRemaining()).isFalse();
    }

    /** MS-PCCRC 2.4, field by field; segments are cut where the server likes. */
    private static void verifyV2(byte[] content, byte[] information) throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(information);
        assertThat(in.get()).isZero(); // bMinorVersion
        assertThat(in.get()).isEqualTo((byte) 2); // bMajorVersion
        assertThat(in.get()).isEqualTo((byte) 4); // bHashAlgo: truncated SHA-512
        assertThat(in.getLong()).isZero(); // ullStartInContent
        assertThat(in.getLong()).isZero(); // ullIndexOfFirstSegment
        assertThat(in.getInt()).isZero(); // dwOffsetInFirstSegment
        in.getLong(); // ullLengthOfRange: 0 or all of it
        byte[] serverSecret = Arrays.copyOf(sha("SHA-512", SERVER_SECRET), 32);
        int at = 0;
        while (in.hasRemaining()) {
            assertThat(in.get()).isZero(); // bChunkType
            int end = in.getInt() + in.position();
            while (in.position() < end) {
                int segmentBytes = in.getInt();
                assertThat(segmentBytes).isBetween(1, 131_072);
                byte[] hashOfData = new byte[32];
                in.get(hashOfData);
                byte[] secret = new byte[32];
                in.get(secret);
                byte[] segment = Arrays.copyOfRange(content, at, at + segmentBytes);
                assertThat(hashOfData).isEqualTo(Arrays.copyOf(sha("SHA-512", segment), 32));
                assertThat(secret).isEqualTo(Arrays.copyOf(hmac("HmacSHA512", serverSecret, hashOfData), 32));
                at += segmentBytes;
            }
        }
        assertThat(at).isEqualTo(content.length);
    }

    private static byte[] sha(String algorithm, byte[] octets) throws GeneralSecurityException {
        return MessageDigest.getInstance(algorithm).digest(octets);
    }

    private static byte[] hmac(String algorithm, byte[] key, byte[] octets) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(octets);
    }
}
