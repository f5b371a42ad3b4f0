// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 1.0 over TLS, with curl for a client. */
class Version1HttpsIT {
    private static final String V1_PATH = HostedCacheRequest.OFFER_PATH_V1;

    @TempDir
    private Path directory;

    private RunningCache cache;
    private int files;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, byte[] body) {}

    @BeforeEach
    void start() {
        cache = new RunningCache(directory.resolve("cache"), Map.of("https-port", "0"), SegmentKeys.NONE);
    }

    @AfterEach
    void stop() {
        cache.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http1.0", "--tlsv1.3", "--tls-max 1.2"})
    void takesAnOfferAndItsDescriptionAndServesTheBlocksOverHttp(String option) throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 100_000);
        try (ScriptedPeer peer = VerifiedPullIT.peer(segment, segment::encrypted)) {
            byte[] offer = new InitialOffer(peer.port(), segment.id()).encode();
            assertThat(answer(curl(V1_PATH + "/", offer, option))).isEqualTo(OfferResponse.INTERESTED);

            assertThat(answer(curl(V1_PATH, segment.info(peer.port()).encode(), option)))
                    .isEqualTo(OfferResponse.OK);

            cache.awaitQuiet(1);
            assertThat(segment.decrypted(cache.block(segment.id(), 1))).isEqualTo(segment.block(1));
            assertThat(answer(curl(V1_PATH.toLowerCase(java.util.Locale.ROOT), offer, option)))
                    .isEqualTo(OfferResponse.OK);
        }
    }

    @Test
    void servesNothingElseThere() throws Exception {
        byte[] version2 = new BatchedOffer(80, List.of(Segments.v2(1, 100))).encode();
        byte[] blocks = RetrievalCodec.encodeRequest(io.peerdist.codec.pccrr.GetBlocks.one(Segments.id(1), 0));

        assertThat(curl(V1_PATH, version2).status()).isEqualTo(400);
        assertThat(curl(HostedCacheRequest.OFFER_PATH_V2, version2).status()).isEqualTo(404);
        assertThat(curl(RetrievalCodec.PATH, blocks).status()).isEqualTo(404);
        assertThat(curl(V1_PATH, new byte[1], "-X", "PUT").status()).isEqualTo(405);
        assertThat(curl(V1_PATH, new byte[HostedCacheRequest.MAX_REQUEST_BYTES + 1])
                        .status())
                .isEqualTo(413);
        assertThat(cache.offers("queued")).isZero();
    }

    @Test
    void saysWhereItListens() {
        assertThat(cache.readyLine()).matches("ready http=127\\.0\\.0\\.1:\\d+ https=127\\.0\\.0\\.1:\\d+");
    }

    private static OfferResponse answer(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return OfferResponse.decode(ByteBuffer.wrap(answer.body()));
    }

    /** Posts {@code body} over HTTPS. */
    private Answer curl(String path, byte[] body, String... options) throws IOException, InterruptedException {
        Path request = Files.write(directory.resolve("request" + files++), body);
        Path response = directory.resolve("response" + files);
        List<String> command = new ArrayList<>(List.of(
                "curl", "-k", "-sS", "--noproxy", "*", "--max-time", "20", "-H", "Expect:", "-o", response.toString()));
        command.addAll(List.of("-w", "%{http_code}", "--data-binary", "@" + request));
        for (String option : options) {
            command.addAll(List.of(option.split(" ")));
        }
        String authority = cache.readyLine().replaceFirst(".*https=(\\S+).*", "$1");
        command.add("https://" + authority + path);
        Process curl = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String status = new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Answer(
                Integer.parseInt(status), Files.exists(response) ? Files.readAllBytes(response) : new byte[0]);
    }
}
