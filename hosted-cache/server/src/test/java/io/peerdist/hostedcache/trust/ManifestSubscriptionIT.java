// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestSubscriptionIT {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final SecretKey KEY = SecretKey.of(new byte[] {1});

    @TempDir
    private Path directory;

    private SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private TestPublisher publisher;
    private Optional<ManifestSubscription> running = Optional.empty();

    @BeforeEach
    void publish() throws IOException {
        publisher = new TestPublisher(directory.resolve("publisher"));
    }

    @AfterEach
    void stop() {
        running.ifPresent(ManifestSubscription::close);
        publisher.close();
    }

    @Test
    void readsPageAfterPageUntilItHasEverything() {
        publisher.entriesPerPage(3);
        IntStream.range(0, 10).forEach(number -> publisher.list(segment(number)));

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("ok", 1);
        for (int number = 0; number < 10; number++) {
            assertThat(subscription.find(segment(number).id())).isEqualTo(segment(number));
        }
        String feed = "feed=" + publisher.feed() + "&";
        assertThat(publisher.asked)
                .containsExactly(
                        "/manifest/v1?after=0",
                        "/manifest/v1?" + feed + "after=3",
                        "/manifest/v1?" + feed + "after=6",
                        "/manifest/v1?" + feed + "after=9");
        SubscriptionStatus status = subscription.status();
        assertThat(status.after()).isEqualTo(10);
        assertThat(status.head()).isEqualTo(10);
        assertThat(status.segments()).isEqualTo(10);
        assertThat(status.lastSuccess()).isPresent();
        assertThat(status.isDegraded()).isFalse();
        assertThat(status.summary()).isEqualTo("10 segments listed, read to 10 of 10");
        assertThat(registry.get("peerdist_manifest_pages").counter().count()).isEqualTo(4);
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        publisher.list(segment(1));
        start(NEVER);
        awaitPolls("ok", 1);
        restart();
        publisher.list(segment(2));

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("ok", 1);
        assertThat(publisher.asked).last().asString().endsWith("after=1");
        assertThat(subscription.find(segment(1).id())).isEqualTo(segment(1));
        assertThat(subscription.find(segment(2).id())).isEqualTo(segment(2));
    }

    @Test
    void asksAgainAfterThePollInterval() {
        ManifestSubscription subscription = start(Duration.ofSeconds(1));
        awaitPolls("ok", 1);
        publisher.list(segment(1));

        Await.until("listed", () -> subscription.find(segment(1).id()) != null);
    }

    @Test
    void asksAtOnceWhenToldTo() {
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);
        publisher.list(segment(1));

        awaitListed(subscription, segment(1));

        assertThat(subscription.find(segment(1).id())).isEqualTo(segment(1));
    }

    @Test
    void sharesOnePollAmongAllWhoAskForIt() {
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);

        List<CompletableFuture<Void>> waiting = IntStream.range(0, 500)
                .mapToObj(each -> subscription.refreshed())
                .toList();
        waiting.forEach(Await::result);

        assertThat(publisher.asked.size()).isLessThanOrEqualTo(3);
    }

    @Test
    void keepsNobodyWaitingWhenThePublisherStalls() {
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);
        CountDownLatch end = new CountDownLatch(1);
        publisher.answerInstead(exchange -> awaitQuietly(end));

        assertThat(subscription.refreshed()).succeedsWithin(Duration.ofSeconds(15));
        end.countDown();
    }

    @Test
    void keepsNobodyWaitingWhileThePublisherIsDown() {
        publisher.answerInstead(503);
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("status", 3); // then the pause is 2 s and more

        assertThat(subscription.refreshed()).isCompleted();
        assertThat(subscription.status().isDegraded()).isTrue();
        assertThat(subscription.status().summary())
                .startsWith("degraded: " + publisher.url() + " answered 503 (expected: 200)");

        publisher.behave();
        publisher.list(segment(1));
        Await.until("listed", () -> subscription.find(segment(1).id()) != null);
        Await.until("well", () -> !subscription.status().isDegraded());
    }

    @Test
    void takesANewTokenWithoutARestart() throws IOException {
        Path token = directory.resolve("publisher").resolve("token");
        Files.writeString(token, "wrong\n");
        publisher.list(segment(1));
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("unauthorized", 1);
        assertThat(subscription.find(segment(1).id())).isNull();
        assertThat(publisher.asked).isEmpty();
        assertThat(subscription.status().problem()).doesNotContain("wrong");

        Files.writeString(token, "secret-token\n");

        awaitPolls("ok", 1);
        assertThat(subscription.find(segment(1).id())).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "two words", "line\u0000break", "t\u00f6ken"})
    void sendsNothingWithoutAToken(String content) throws IOException {
        Files.writeString(directory.resolve("publisher").resolve("token"), content);

        start(NEVER);

        awaitPolls("token", 1);
        assertThat(publisher.asked).isEmpty();
    }

    @Test
    void refusesPagesOfAnotherKey() throws IOException {
        Files.writeString(
                directory.resolve("publisher").resolve("public.pem"),
                ManifestKeys.publicKeyPem(
                        ManifestKeys.generate(new SecureRandom()).getPublic()));
        publisher.list(segment(1));

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("signature", 1);
        assertThat(subscription.find(segment(1).id())).isNull();
        assertThat(subscription.status().after()).isZero();
    }

    @Test
    void refusesPagesThatWereChangedOnTheWay() {
        publisher.list(segment(1));
        publisher.corruptPages(page -> {
            page[page.length / 2] ^= 1;
            return page;
        });

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("signature", 1);
        assertThat(subscription.find(segment(1).id())).isNull();
    }

    @Test
    void refusesAServerWhoseCertificateItDoesNotKnow() {
        ManifestSettings settings = publisher.subscriber(NEVER);
        start(new ManifestSettings(
                settings.url(),
                settings.tokenFile(),
                settings.publicKeyFile(),
                Optional.empty(),
                NEVER,
                Unlisted.STORE,
                16L << 20));

        awaitPolls("connect", 1);
        assertThat(publisher.asked).isEmpty();
    }

    @Test
    void followsNoRedirect() throws IOException {
        try (TestPublisher other = new TestPublisher(directory.resolve("other"))) {
            publisher.answerInstead(exchange -> {
                exchange.getResponseHeaders().set("Location", other.url() + "?after=0");
                exchange.sendResponseHeaders(302, -1);
            });

            start(NEVER);

            awaitPolls("status", 2);
            assertThat(other.asked).isEmpty();
        }
    }

    @Test
    void readsNoMoreThanAPageCanBeLong() {
        publisher.answerInstead(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[1 << 16];
            try (OutputStream out = exchange.getResponseBody()) {
                for (int sent = 0; sent < 64 * ManifestCodec.MAX_PAGE_BYTES; sent += piece.length) {
                    out.write(piece);
                }
            }
        });

        start(NEVER);

        awaitPolls("too_large", 1);
    }

    @Test
    void refusesWhatIsNoPage() {
        publisher.answerInstead(exchange -> {
            exchange.sendResponseHeaders(200, 200);
            exchange.getResponseBody().write(new byte[200]);
        });

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("malformed", 1);
        assertThat(subscription.status().problem()).contains("magic");
    }

    @Test
    void refusesAPublisherThatWentBackBehindWhatItPublished() {
        IntStream.range(0, 5).forEach(number -> publisher.list(segment(number)));
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);

        publisher.restoreFromBackup(2);
        Await.result(subscription.refreshed());

        awaitPolls("rollback", 1);
        assertThat(subscription.status().after()).isEqualTo(5);
        assertThat(subscription.find(segment(4).id())).isNotNull();
        assertThat(subscription.status().problem()).contains("begins after 0 of 2", "restored from a backup");
    }

    @Test
    void refusesAnOldPagePlayedBack() {
        publisher.list(segment(0));
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);
        publisher.list(segment(1));
        publisher.issued(1_790_000_000L - 301);

        Await.result(subscription.refreshed());

        awaitPolls("rollback", 1);
        assertThat(subscription.find(segment(1).id())).isNull();
    }

    @Test
    void readsANewNumberingFromItsBeginningAndKeepsWhatItKnows() {
        publisher.list(segment(0));
        publisher.list(segment(1));
        ManifestSubscription subscription = start(NEVER);
        awaitPolls("ok", 1);
        publisher.restoreFromBackup(0);
        publisher.feed(FeedId.of(Gen.ofSeed(1).bytes(FeedId.BYTES)));
        publisher.list(segment(2));

        awaitListed(subscription, segment(2));

        assertThat(subscription.find(segment(0).id())).isNotNull();
        assertThat(subscription.status().feed()).isEqualTo(publisher.feed().toString());
        assertThat(subscription.status().after()).isEqualTo(1);
    }

    @Test
    void passesOverEntriesThatSayNothing() {
        publisher.list(new byte[] {1, 2, 3});
        publisher.list(segment(1));

        ManifestSubscription subscription = start(NEVER);

        awaitPolls("ok", 1);
        assertThat(subscription.find(segment(1).id())).isNotNull();
        assertThat(registry.get("peerdist_manifest_ignored").counter().count()).isEqualTo(1);
        assertThat(subscription.status().after()).isEqualTo(2);
    }

    @Test
    void refusesAPageThatNamesNoFeed() {
        publisher.changePages(page -> new ManifestPage(
                FeedId.NONE, page.after(), page.next(), page.head(), page.issuedSeconds(), page.entries()));

        start(NEVER);

        awaitPolls("malformed", 1);
    }

    @Test
    void doesNotStartWithoutItsKeyOrCertificate() throws IOException {
        for (String name : List.of("public.pem", "tls.pem")) {
            Path file = directory.resolve("publisher").resolve(name);
            String content = Files.readString(file);
            Files.writeString(file, "nothing of use");
            assertThatThrownBy(() -> start(NEVER))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining(name);
            Files.delete(file);
            assertThatThrownBy(() -> start(NEVER))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining(name);
            Files.writeString(file, content);
        }
    }

    private ManifestSubscription start(Duration pollInterval) {
        return start(publisher.subscriber(pollInterval));
    }

    private ManifestSubscription start(ManifestSettings settings) {
        ManifestSubscription subscription = ManifestSubscription.start(
                settings, directory.resolve("cache"), Clock.system(), new SplittableRandom(1), registry);
        running = Optional.of(subscription);
        return subscription;
    }

    private void restart() {
        running.ifPresent(ManifestSubscription::close);
        registry = new SimpleMeterRegistry();
    }

    private void awaitPolls(String result, int count) {
        Await.until(
                count + " polls with " + result,
                () -> registry.get("peerdist_manifest_polls")
                                .tag("result", result)
                                .counter()
                                .count()
                        >= count);
    }

    /** As pulls do; on a busy machine the wait may end before the poll. */
    private static void awaitListed(ManifestSubscription subscription, SegmentDescription segment) {
        Await.until("listed", () -> {
            Await.result(subscription.refreshed());
            return subscription.find(segment.id()) != null;
        });
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static SegmentDescription segment(int number) {
        return SegmentDescription.v2(
                0,
                1_000 + number,
                HashOfData.of(Gen.ofSeed(number).bytes(32)),
                ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, KEY));
    }
}
