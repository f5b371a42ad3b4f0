// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.ManualClock;
import io.peerdist.contentserver.files.DocumentRoot;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.information.ContentInformationSource;
import io.peerdist.contentserver.information.HashingMetrics;
import io.peerdist.contentserver.information.InformationLimits;
import io.peerdist.contentserver.information.InformationListener;
import io.peerdist.contentserver.information.InformationStore;
import io.peerdist.contentserver.information.KeptInformation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs threads that stand still. */
final class OriginTest {
    @TempDir
    private Path directory;

    private final ManualClock clock = ManualClock.ahead();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Deque<Runnable> reading = new ArrayDeque<>();
    private final HashingPipeline pipeline = new HashingPipeline(1);
    private DocumentRoot root;
    private ContentInformationSource information;

    @BeforeEach
    void start() throws IOException {
        Files.write(directory.resolve("file"), Gen.ofSeed(1).bytes(1000));
        root = DocumentRoot.open(directory);
        information = new ContentInformationSource(
                root,
                pipeline,
                KeyRing.of(ContentSecrets.derive(SecretKey.of(new byte[] {1})), clock),
                new KeptInformation(new Nothing(), InformationListener.NONE, 1 << 20),
                new InformationLimits(1, 1 << 20, 1 << 20),
                reading::add,
                clock,
                new HashingMetrics(registry));
    }

    @AfterEach
    void stop() {
        information.close();
        pipeline.close();
    }

    @Test
    void asksToComeBackWhenItsQueueIsFull() {
        Origin origin = origin(
                task -> {
                    throw new RejectedExecutionException("full");
                },
                Duration.ZERO);

        Answer answer = origin.answer(request(false)).join();

        assertThat(answer.status().code()).isEqualTo(503);
        assertThat(answer.headers().get("Retry-After")).isEqualTo("1");
    }

    @Test
    void touchesNoDiskOnTheCallingThread() {
        Deque<Runnable> opening = new ArrayDeque<>();
        Origin origin = origin(opening::add, Duration.ZERO);

        CompletableFuture<Answer> answer = origin.answer(request(false));

        assertThat(answer).isNotDone();
        opening.remove().run();
        assertThat(answer.join().status().code()).isEqualTo(200);
    }

    @Test
    void sendsBytesAtOnceWithoutAWaitAndHashesAllTheSame() throws IOException {
        Answer answer =
                origin(Runnable::run, Duration.ZERO).answer(request(false)).join();

        assertThat(answer.kind()).isEqualTo(RequestKind.PLAIN);
        assertThat(answer.headers().get("X-P2P-PeerDistEx")).isEqualTo("MakeHashRequest=true");
        assertThat(reading).hasSize(1);
        ((Answer.FilePart) answer.body()).file().close();
    }

    @Test
    void sendsBytesWhenTheWaitIsOver() throws IOException {
        Answer answer = origin(Runnable::run, Duration.ofMillis(1))
                .answer(request(false))
                .join();

        assertThat(answer.headers().get("X-P2P-PeerDistEx")).isEqualTo("MakeHashRequest=true");
        ((Answer.FilePart) answer.body()).file().close();
    }

    @Test
    void waitsLongerForAHashRequest() {
        CompletableFuture<Answer> answer = origin(Runnable::run, Duration.ZERO).answer(request(true));

        assertThat(answer).isNotDone();
        reading.remove().run();

        assertThat(answer.join().kind()).isEqualTo(RequestKind.HASH);
        assertThat(answer.join().headers().get("Content-Encoding")).isEqualTo("peerdist");
    }

    @Test
    void doesNotAskForAHashRequestThatCannotSucceed() throws IOException {
        CompletableFuture<Answer> answer = origin(Runnable::run, Duration.ZERO).answer(request(true));
        information.close();

        assertThat(answer.join().headers().contains("X-P2P-PeerDistEx")).isFalse();
        ((Answer.FilePart) answer.join().body()).file().close();
    }

    @Test
    void sendsBytesWhenTheHashesBelongToAnotherVersion() throws IOException {
        CompletableFuture<Answer> answer = origin(Runnable::run, Duration.ZERO).answer(request(true));
        Path other = Files.write(directory.resolve("other"), Gen.ofSeed(2).bytes(2000));
        Files.move(other, directory.resolve("file"), StandardCopyOption.REPLACE_EXISTING);

        reading.remove().run();

        assertThat(answer.join().headers().get("Content-Encoding")).isNull();
        assertThat(answer.join().body().lengthBytes()).isEqualTo(1000);
        ((Answer.FilePart) answer.join().body()).file().close();
    }

    private Origin origin(Executor workers, Duration hashWait) {
        return new Origin(
                root,
                information,
                new OriginSettings(hashWait, Duration.ofMinutes(1)),
                workers,
                clock,
                new OriginMetrics(registry));
    }

    private static OriginRequest request(boolean hashRequest) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.add("Accept-Encoding", "peerdist");
        headers.add("X-P2P-PeerDist", "Version=1.1");
        headers.add(
                "X-P2P-PeerDistEx",
                "MinContentInformation=1.0, MaxContentInformation=2.0" + (hashRequest ? ", HashRequest=true" : ""));
        return new OriginRequest(HttpMethod.GET, "/file", headers);
    }

    private static final class Nothing implements InformationStore {
        @Override
        public byte @Nullable [] get(byte[] key) {
            return null;
        }

        @Override
        public void put(byte[] key, byte[] value) {}
    }
}
