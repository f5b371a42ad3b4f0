// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.ManualClock;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs workers that stand still, and every refusal. */
final class ManifestHandlerIT {
    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Deque<Runnable> working = new ArrayDeque<>();
    private final Semaphore pages = new Semaphore(1);
    private final ManualClock clock = ManualClock.ahead();
    private ContentInformationStore store;
    private ManifestFeed feed;
    private SigningKey key;
    private String token;

    @BeforeEach
    void open() throws IOException {
        store = ContentInformationStore.open(directory.resolve("store"), registry);
        KeyRing ring = KeyRing.of(ContentSecrets.derive(SecretKey.of(new byte[] {1})), clock);
        feed = ManifestFeed.open(directory, store, ring, clock, new Random(1), registry);
        key = SigningKey.readOrGenerate(Optional.empty(), directory, new Random(2));
        BearerToken.readOrGenerate(Optional.empty(), directory, new Random(3));
        token = Files.readString(directory.resolve(BearerToken.GENERATED_FILE)).trim();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void readsAndSignsOnTheWorkersOnly() {
        EmbeddedChannel channel = channel(working::add);

        channel.writeInbound(request("GET", ManifestCodec.PATH));
        assertThat(channel.outboundMessages()).isEmpty();
        working.remove().run();
        channel.runPendingTasks();

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status().code()).isEqualTo(200);
        assertThat(response.headers().get("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(response.headers().get("Cache-Control")).isEqualTo("no-store");
        ManifestPage page = ManifestCodec.decode(response.content().nioBuffer(), key.publicKey());
        assertThat(page).isEqualTo(feed.page(FeedId.NONE, 0));
        assertThat(pages.availablePermits()).isEqualTo(1);
        assertThat(count("page")).isEqualTo(1);
    }

    @Test
    void asksToComeAgainWhileAllPagesAreOnTheirWay() {
        EmbeddedChannel first = channel(working::add);
        EmbeddedChannel second = channel(working::add);

        first.writeInbound(request("GET", ManifestCodec.PATH));
        assertStatus(503, second, request("GET", ManifestCodec.PATH));
        working.remove().run();
        first.runPendingTasks();
        second.writeInbound(request("GET", ManifestCodec.PATH));

        assertThat(working).hasSize(1);
        assertThat(count("busy")).isEqualTo(1);
    }

    @Test
    void asksToComeAgainWhenTheQueueIsFullOrTheStoreFails() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        FullHttpResponse response = assertStatus(503, channel(full), request("GET", ManifestCodec.PATH));
        assertThat(response.headers().get("Retry-After")).isEqualTo("1");
        feed.made(
                new FileVersion(new RelativePath(List.of("a")), 1, 1, 1, ""),
                ContentSecrets.derive(SecretKey.of(new byte[] {1})),
                1,
                new byte[] {1});
        store.close();

        assertStatus(503, channel(Runnable::run), request("GET", ManifestCodec.PATH));

        assertThat(pages.availablePermits()).isEqualTo(1);
        assertThat(count("busy")).isEqualTo(1);
        assertThat(count("failed")).isEqualTo(1);
    }

    @Test
    void releasesThePageOfAClientThatLeft() {
        EmbeddedChannel channel = channel(working::add);
        channel.writeInbound(request("GET", ManifestCodec.PATH));
        assertThat(channel.close().isSuccess()).isTrue();

        working.remove().run();
        channel.runPendingTasks();

        assertThat(pages.availablePermits()).isEqualTo(1);
        assertThat(registry.get("peerdist_manifest_sent_bytes").counter().count())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /manifest/v1?after=x, 400, bad_request",
        "GET, /manifest/v1/, 404, not_found",
        "GET, /manifest%2fv1, 404, not_found",
        "GET, /, 404, not_found",
        "POST, /manifest/v1, 405, method",
        "HEAD, /manifest/v1, 405, method",
    })
    void refusesWhatItDoesNotServe(String method, String target, int status, String result) {
        assertStatus(status, channel(Runnable::run), request(method, target));

        assertThat(count(result)).isEqualTo(1);
        assertThat(pages.availablePermits()).isEqualTo(1);
    }

    @Test
    void tellsNothingWithoutTheToken() {
        FullHttpRequest without = request("GET", ManifestCodec.PATH);
        without.headers().remove("Authorization");
        FullHttpRequest wrong = request("GET", "/anything");
        wrong.headers().set("Authorization", "Bearer " + token + "x");

        FullHttpResponse response = assertStatus(401, channel(Runnable::run), without);
        assertThat(response.headers().get("WWW-Authenticate")).isEqualTo("Bearer");
        assertStatus(401, channel(Runnable::run), wrong);

        assertThat(count("unauthorized")).isEqualTo(2);
    }

    private static FullHttpResponse assertStatus(int status, EmbeddedChannel channel, FullHttpRequest request) {
        channel.writeInbound(request);
        channel.runPendingTasks();
        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.content().readableBytes()).isZero();
        return response;
    }

    private EmbeddedChannel channel(Executor workers) {
        BearerToken shown = BearerToken.readOrGenerate(Optional.empty(), directory, new Random(3));
        return new EmbeddedChannel(new ManifestHandler(feed, key, shown, workers, pages));
    }

    private FullHttpRequest request(String method, String target) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target, Unpooled.EMPTY_BUFFER);
        request.headers().set("Authorization", "Bearer " + token);
        return request;
    }

    private double count(String result) {
        return registry.get("peerdist_manifest_requests")
                .tag("result", result)
                .counter()
                .count();
    }
}
