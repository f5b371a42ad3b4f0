// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.contentserver.ManualClock;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.hashing.KeyRing.HeldKey;
import io.peerdist.contentserver.hashing.KeyRing.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestFeedIT {
    private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant FROM = NOW.plusSeconds(100);
    private static final Instant UNTIL = NOW.plusSeconds(200);
    private static final ContentSecrets OLD = secrets("old");
    private static final ContentSecrets NEW = secrets("new");

    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock(NOW);
    private SimpleMeterRegistry registry;
    private ContentInformationStore store;
    private ManifestFeed feed;

    @BeforeEach
    void open() {
        open(64 << 20);
    }

    private void open(long maxBytes) {
        registry = new SimpleMeterRegistry();
        store = ContentInformationStore.open(directory.resolve("store"), maxBytes, registry);
        KeyRing ring = KeyRing.of(
                List.of(
                        new HeldKey(Role.CURRENT, OLD, Optional.empty(), Optional.of(UNTIL)),
                        new HeldKey(Role.NEXT, NEW, Optional.of(FROM), Optional.empty())),
                clock);
        feed = ManifestFeed.open(directory, store, ring, clock, new Random(1), registry);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void restart() {
        close();
        open();
    }

    @Test
    void hasNothingInTheBeginning() {
        assertThat(feed.page(FeedId.NONE, 0))
                .isEqualTo(new ManifestPage(feed.feedId(), 0, 0, 0, NOW.getEpochSecond(), List.of()));
    }

    @Test
    void numbersWhatIsMadeInItsOrder() {
        byte[] first = make("a", 1, OLD);
        byte[] second = make("b", 1, OLD);

        ManifestPage page = feed.page(FeedId.NONE, 0);

        assertThat(page.entries()).containsExactly(first, second);
        assertThat(page.after()).isZero();
        assertThat(page.next()).isEqualTo(2).isEqualTo(page.head());
        assertThat(feed.page(feed.feedId(), 1).entries()).containsExactly(second);
        assertThat(feed.page(feed.feedId(), 2))
                .isEqualTo(new ManifestPage(feed.feedId(), 2, 2, 2, NOW.getEpochSecond(), List.of()));
    }

    @Test
    void beginsAnewForWhoFollowsAnotherFeedOrIsAhead() {
        byte[] entry = make("a", 1, OLD);

        for (ManifestPage page : List.of(
                feed.page(FeedId.ofHex("ff".repeat(16)), 1), feed.page(feed.feedId(), 2), feed.page(FeedId.NONE, 1))) {
            assertThat(page.after()).isZero();
            assertThat(page.entries()).containsExactly(entry);
        }
    }

    @Test
    void goesOnAfterARestartWithGreaterNumbersOnly() {
        byte[] before = make("a", 1, OLD);
        FeedId feedId = feed.feedId();
        long seen = feed.page(feedId, 0).next();

        restart();
        byte[] after = make("b", 1, OLD);

        assertThat(feed.feedId()).isEqualTo(feedId);
        assertThat(all(0)).containsExactly(before, after);
        assertThat(all(seen)).containsExactly(after);
    }

    @Test
    void replacesTheFormerVersionOfAFile() {
        make("a", 1, OLD);
        byte[] other = make("b", 1, OLD);
        byte[] second = make("a", 2, OLD);

        assertThat(all(0)).containsExactly(other, second);
        assertThat(all(2)).as("a subscriber that had the former one").containsExactly(second);
        assertThat(removed("superseded")).isEqualTo(1);
    }

    @Test
    void keepsTheNumberWhenOnlyTheAttributesOfAFileChanged() {
        byte[] octets = octets("a", 1);
        feed.made(version("a", 1), OLD, 2, octets);
        feed.made(version("a", 2), OLD, 2, octets);
        feed.found(version("a", 2), OLD, 2, octets);

        assertThat(feed.head()).isEqualTo(1);
        assertThat(all(0)).containsExactly(octets);
    }

    @Test
    void tellsBothContentVersionsAndSecretsApart() {
        feed.made(version("a", 1), OLD, 1, new byte[] {1});
        feed.made(version("a", 1), OLD, 2, new byte[] {2});
        feed.made(version("a", 1), NEW, 1, new byte[] {3});

        assertThat(all(0)).containsExactly(new byte[] {1}, new byte[] {2}, new byte[] {3});
    }

    @Test
    void takesInWhatWasMadeWithoutAFeedOnce() {
        byte[] octets = octets("a", 1);
        feed.found(version("a", 1), OLD, 2, octets);
        feed.found(version("a", 1), OLD, 2, octets);
        restart();
        feed.found(version("a", 1), OLD, 2, octets);

        assertThat(all(0)).containsExactly(octets);
    }

    @Test
    void takesInAnewWhatWasEvictedUnderGreaterNumbers() {
        byte[] octets = octets("a", 1);
        feed.found(version("a", 1), OLD, 2, octets);
        store.remove(ByteBuffer.allocate(9).put((byte) 2).putLong(1).array());

        assertThat(all(0)).isEmpty();
        feed.found(version("a", 1), OLD, 2, octets);

        assertThat(all(1)).containsExactly(octets);
    }

    @Test
    void passesOverTheOldestWhenRoomIsNeeded() {
        close();
        directory = directory.resolve("small");
        open(1 << 20);
        List<byte[]> made = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            byte[] octets = Gen.ofSeed(i).bytes(50_000);
            feed.made(version("file" + i, 1), OLD, 2, octets);
            made.add(octets);
        }

        List<byte[]> told = all(0);

        assertThat(told.size()).isBetween(10, 20);
        assertThat(told).containsExactlyElementsOf(made.subList(50 - told.size(), 50));
        assertThat(all(3))
                .as("a subscriber whose next number is gone gets the rest")
                .containsExactlyElementsOf(told);
    }

    @Test
    void fillsPagesUpToTheirLimit() {
        List<byte[]> made = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            byte[] octets = Gen.ofSeed(i).bytes(ManifestCodec.MAX_ENTRY_BYTES - i);
            feed.made(version("file" + i, 1), OLD, 2, octets);
            made.add(octets);
        }

        ManifestPage first = feed.page(FeedId.NONE, 0);

        assertThat(first.entries()).hasSize(3);
        assertThat(first.next()).isEqualTo(3);
        assertThat(first.head()).isEqualTo(9);
        assertThat(ManifestCodec.encodedBytes(first.entries())).isLessThanOrEqualTo(ManifestCodec.MAX_PAGE_BYTES);
        assertThat(all(0)).containsExactlyElementsOf(made);
    }

    @Test
    void tellsNothingOfADroppedSecretAndThrowsItAway() {
        byte[] old = make("a", 1, OLD);
        byte[] now = make("a", 1, NEW);
        clock.set(FROM);
        assertThat(all(0)).containsExactly(old, now);

        clock.set(UNTIL);

        assertThat(all(0)).as("before anything is thrown away").containsExactly(now);
        long entries = store.entries();
        feed.dropAllBut(List.of(NEW));
        assertThat(store.entries()).isEqualTo(entries - 2);
        assertThat(removed("secret")).isEqualTo(1);
        assertThat(all(0)).containsExactly(now);
    }

    @Test
    void countsWhatTheStoreRefuses() {
        store.close();

        feed.made(version("a", 1), OLD, 2, new byte[] {1});
        feed.dropAllBut(List.of());

        assertThat(registry.get("peerdist_manifest_failures").counter().count()).isEqualTo(2);
    }

    /** Against a plain map: what a subscriber has that asks now and then, and one that begins at the end. */
    @RandomizedTest(tries = 8)
    void tellsEverySubscriberWhatThereIs(Gen gen) {
        clock.set(NOW);
        Map<String, byte[]> model = new HashMap<>();
        FeedId feedId = feed.feedId();
        long begun = feed.head();
        long asked = begun;
        List<ByteBuffer> heard = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            int action = gen.intBetween(0, 9);
            if (action < 7) {
                String name = "r" + gen.seed() + "/" + gen.intBetween(0, 8);
                int number = gen.intBetween(1, 4);
                byte[] octets = octets(name, number);
                if (gen.bool()) {
                    feed.made(version(name, number), OLD, 2, octets);
                } else {
                    feed.found(version(name, number), OLD, 2, octets);
                }
                model.put(name, octets);
            } else if (action < 9) {
                ManifestPage page = feed.page(feedId, asked);
                assertThat(page.after()).isEqualTo(asked);
                page.entries().forEach(entry -> heard.add(ByteBuffer.wrap(entry)));
                asked = page.next();
            } else {
                restart();
            }
        }
        all(asked).forEach(entry -> heard.add(ByteBuffer.wrap(entry)));

        List<byte[]> expected = List.copyOf(model.values());
        assertThat(all(begun)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(heard).containsAll(expected.stream().map(ByteBuffer::wrap).toList());
    }

    private List<byte[]> all(long after) {
        List<byte[]> entries = new ArrayList<>();
        ManifestPage page = feed.page(feed.feedId(), after);
        entries.addAll(page.entries());
        while (page.hasMore()) {
            page = feed.page(feed.feedId(), page.next());
            entries.addAll(page.entries());
        }
        return entries;
    }

    private byte[] make(String name, int number, ContentSecrets secrets) {
        byte[] octets = octets(name + secrets.shortId(), number);
        feed.made(version(name, number), secrets, 2, octets);
        return octets;
    }

    private double removed(String reason) {
        return registry.get("peerdist_manifest_removed_entries")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static byte[] octets(String name, int number) {
        return (name + " as of " + number).getBytes(StandardCharsets.UTF_8);
    }

    private static FileVersion version(String name, int number) {
        return new FileVersion(new RelativePath(List.of(name.split("/", -1))), number, number, number, "key");
    }

    private static ContentSecrets secrets(String key) {
        return ContentSecrets.derive(SecretKey.of(key.getBytes(StandardCharsets.US_ASCII)));
    }
}
