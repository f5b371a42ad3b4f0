// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStoreException.Kind;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentKeyStoreIT {
    private static final long MAX_BYTES = 10_000;

    /** A version 2.0 entry: its identifier twice, 9 octets of header, 68 of description. */
    private static final int V2_COST = 2 * 32 + 9 + 68 + 64;

    private static final SecretKey KEY = SecretKey.of("key".getBytes(StandardCharsets.US_ASCII));
    private static final FeedId FEED = FeedId.ofHex("0123456789abcdef0123456789abcdef");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Path directory;
    private int runs;

    @BeforeEach
    void chooseDirectory(@TempDir Path temporary) {
        directory = temporary.resolve("segment-keys");
    }

    private SegmentKeyStore open() {
        return SegmentKeyStore.openWithin(directory, MAX_BYTES, registry);
    }

    private static SegmentDescription v2(int number) {
        return SegmentDescription.v2(
                0,
                1 + number % ContentInformation.V2_MAX_SEGMENT_BYTES,
                HashOfData.of(Gen.ofSeed(number).bytes(32)),
                ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, KEY));
    }

    private static SegmentDescription v1(int number, HashAlgorithm algorithm, int blocks) {
        return SegmentDescription.v1(
                algorithm,
                (long) number * ContentInformation.V1_SEGMENT_BYTES,
                blocks * ContentInformation.V1_BLOCK_BYTES - 17,
                Gen.ofSeed(number).bytes(blocks * algorithm.digestBytes()),
                ServerSecret.derive(algorithm, KEY));
    }

    private static SubscriptionState after(long number) {
        return new SubscriptionState(FEED, number, 1_790_000_000L + number);
    }

    @Test
    void keepsWhatAPageListedAndHowFarItWasRead() {
        try (SegmentKeyStore store = open()) {
            assertThat(store.subscription()).isEqualTo(SubscriptionState.NONE);
            assertThat(store.find(v2(1).id())).isNull();
            store.apply(List.of(v2(1), v2(2)), after(2));
        }
        try (SegmentKeyStore store = open()) {
            assertThat(store.find(v2(1).id())).isEqualTo(v2(1));
            assertThat(store.find(v2(2).id())).isEqualTo(v2(2));
            assertThat(store.find(v2(3).id())).isNull();
            assertThat(store.subscription()).isEqualTo(after(2));
            assertThat(store.entries()).isEqualTo(2);
            assertThat(store.bytes()).isEqualTo(2 * V2_COST);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHA_256", "SHA_384", "SHA_512"})
    void keepsAllBlockHashesOfVersion1(HashAlgorithm algorithm) {
        SegmentDescription longest = v1(3, algorithm, 512);
        SegmentDescription shortest = v1(4, algorithm, 1);
        try (SegmentKeyStore store = SegmentKeyStore.open(directory, SegmentKeyStore.MIN_MAX_BYTES, registry)) {
            store.apply(List.of(longest, shortest), after(1));

            assertThat(store.find(longest.id())).isEqualTo(longest);
            assertThat(store.find(shortest.id())).isEqualTo(shortest);
        }
    }

    @Test
    void refusesASegmentWhoseBlockHashesAreNotAllListed() {
        SegmentDescription whole = v1(0, HashAlgorithm.SHA_256, 4);
        SegmentDescription part = ContentInformationV1.of(
                        HashAlgorithm.SHA_256, new ContentRange(0, whole.segmentBytes()), List.of(whole))
                .forRange(new ContentRange(0, 1))
                .segments()
                .get(0);
        try (SegmentKeyStore store = open()) {
            assertThatThrownBy(() -> store.apply(List.of(part), after(1))).isInstanceOf(IllegalArgumentException.class);
            assertThat(store.subscription()).isEqualTo(SubscriptionState.NONE);
        }
    }

    @Test
    void countsASegmentListedAgainOnceAndAsNew() {
        try (SegmentKeyStore store = open()) {
            int room = (int) (MAX_BYTES / V2_COST);
            store.apply(IntStream.range(0, room).mapToObj(SegmentKeyStoreIT::v2).toList(), after(1));
            store.apply(List.of(v2(0), v2(0)), after(2));
            assertThat(store.entries()).isEqualTo(room);

            store.apply(List.of(v2(room)), after(3));

            assertThat(store.find(v2(0).id())).isNotNull();
            assertThat(store.find(v2(1).id())).isNull();
            assertThat(store.entries()).isEqualTo(room);
        }
    }

    @Test
    void dropsTheOldestBeyondItsLimit() {
        int room = (int) (MAX_BYTES / V2_COST);
        try (SegmentKeyStore store = open()) {
            for (int number = 0; number < 10 * room; number++) {
                store.apply(List.of(v2(number)), after(number));
                assertThat(store.bytes()).isLessThanOrEqualTo(MAX_BYTES);
            }
            assertThat(store.entries()).isEqualTo(room);
            assertThat(store.find(v2(9 * room - 1).id())).isNull();
            assertThat(store.find(v2(9 * room).id())).isEqualTo(v2(9 * room));
            assertThat(registry.get("peerdist_segment_keys_dropped").counter().count())
                    .isEqualTo(9 * room);
            assertThat(registry.get("peerdist_segment_keys_bytes").gauge().value())
                    .isEqualTo(room * V2_COST);
        }
    }

    @Test
    void forgetsAsManyAsComeWhenItIsFull() {
        long limit = 64L << 20;
        int perBatch = 50_000;
        try (SegmentKeyStore store = SegmentKeyStore.open(directory, limit, registry)) {
            for (int batch = 0; batch < 8; batch++) {
                List<SegmentDescription> segments = new ArrayList<>();
                for (int i = 0; i < perBatch; i++) {
                    segments.add(v2(batch * perBatch + i));
                }
                store.apply(segments, after(batch));
            }
            assertThat(store.bytes()).isBetween(limit - V2_COST, limit);
            assertThat(store.entries()).isEqualTo(limit / V2_COST);
            assertThat(store.find(v2(8 * perBatch - 1).id())).isNotNull();
            assertThat(store.find(v2(0).id())).isNull();
        }
    }

    @Test
    void survivesTheDeathOfTheProcess() throws IOException {
        Path copy = directory.resolveSibling("copy");
        try (SegmentKeyStore store = open()) {
            for (int number = 0; number < 9; number++) {
                store.apply(List.of(v2(number)), after(number));
            }
            copyFolder(directory, copy);
            copyFolder(directory.resolve("database"), copy.resolve("database"));
        }
        directory = copy;
        try (SegmentKeyStore store = open()) {
            for (int number = 0; number < 9; number++) {
                assertThat(store.find(v2(number).id())).isEqualTo(v2(number));
            }
            assertThat(store.subscription()).isEqualTo(after(8));
        }
    }

    @Test
    void losesTheEndTogetherWithWhatItListedWhenTheLogIsCut() throws IOException {
        List<Path> logs;
        Path copy = directory.resolveSibling("copy");
        try (SegmentKeyStore store = open()) {
            for (int number = 0; number < 40; number++) {
                store.apply(List.of(v2(number)), after(number));
            }
            copyFolder(directory, copy);
            copyFolder(directory.resolve("database"), copy.resolve("database"));
        }
        try (Stream<Path> files = Files.list(copy.resolve("database"))) {
            logs = files.filter(file -> file.toString().endsWith(".log")).toList();
        }
        assertThat(logs).hasSize(1);
        byte[] log = Files.readAllBytes(logs.get(0));
        directory = copy;
        for (int cut = log.length / 2; cut < log.length; cut += log.length / 17) {
            Files.write(logs.get(0), Arrays.copyOf(log, cut));
            directory = directory.resolveSibling("cut" + cut);
            copyFolder(copy, directory);
            copyFolder(copy.resolve("database"), directory.resolve("database"));
            try (SegmentKeyStore store = open()) {
                long read = store.subscription().after();
                assertThat(read).isBetween(1L, 38L);
                for (int number = 0; number < 40; number++) {
                    assertThat(store.find(v2(number).id()) != null)
                            .as("segment %s after %s", number, read)
                            .isEqualTo(number <= read);
                }
                assertThat(store.entries()).isEqualTo(read + 1);
            }
        }
    }

    private static void copyFolder(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void readsDamageAsAbsentAndStartsAnewTheNextTime() throws IOException {
        List<SegmentDescription> segments =
                IntStream.range(0, 20_000).mapToObj(SegmentKeyStoreIT::v2).toList();
        try (SegmentKeyStore store = SegmentKeyStore.open(directory, SegmentKeyStore.MIN_MAX_BYTES, registry)) {
            store.apply(segments, after(1));
        }
        StoreDirectoryFixture.damageTable(directory.resolve("database"), SegmentKeyStore.FAMILIES);
        boolean damaged = false;
        try (SegmentKeyStore store = SegmentKeyStore.open(directory, SegmentKeyStore.MIN_MAX_BYTES, registry)) {
            for (SegmentDescription segment : segments) {
                SegmentDescription found = store.find(segment.id());
                damaged |= found == null;
                if (found != null) {
                    assertThat(found).isEqualTo(segment);
                }
            }
            assertThat(damaged).isTrue();
            assertThat(registry.get("peerdist_segment_keys_damaged").counter().count())
                    .isPositive();
        }
        try (SegmentKeyStore store = open()) {
            assertThat(store.subscription()).isEqualTo(SubscriptionState.NONE);
            assertThat(store.entries()).isZero();
        }
    }

    @Test
    void startsAnewWhenTheDatabaseCannotBeOpened() throws IOException {
        try (SegmentKeyStore store = open()) {
            store.apply(List.of(v2(1)), after(1));
        }
        Files.writeString(directory.resolve("database").resolve("CURRENT"), "nonsense\n");
        try (SegmentKeyStore store = open()) {
            assertThat(store.find(v2(1).id())).isNull();
            assertThat(store.subscription()).isEqualTo(SubscriptionState.NONE);
            store.apply(List.of(v2(1)), after(1));
            assertThat(store.find(v2(1).id())).isEqualTo(v2(1));
        }
    }

    @Test
    void isReadableForItsOwnerAlone() throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (SegmentKeyStore store = open()) {
            assertThat(store.entries()).isZero();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void refusesADirectoryThatIsOpenAndALimitThatHoldsNoPage() {
        try (SegmentKeyStore store = open()) {
            assertThat(store.entries()).isZero();
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            BlockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED));
        }
        assertThatThrownBy(() -> SegmentKeyStore.open(directory, SegmentKeyStore.MIN_MAX_BYTES - 1, registry))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SubscriptionState(FEED, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysThatItIsClosed() {
        SegmentKeyStore store = open();
        store.close();
        store.close();
        assertThatThrownBy(() -> store.find(v2(1).id()))
                .isInstanceOfSatisfying(
                        BlockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
        assertThatThrownBy(() -> store.apply(List.of(), after(1)))
                .isInstanceOfSatisfying(
                        BlockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
    }

    @RandomizedTest(tries = 5)
    void agreesWithAMapThatDropsItsOldest(Gen gen) {
        directory = directory.resolveSibling("run" + runs++);
        Map<Integer, SegmentDescription> reference = new LinkedHashMap<>();
        SegmentKeyStore store = open();
        long read = 0;
        for (int step = 0; step < 60; step++) {
            if (gen.intBetween(0, 9) == 0) {
                store.close();
                store = open();
            }
            List<SegmentDescription> batch = new ArrayList<>();
            for (int i = gen.intBetween(0, 8); i > 0; i--) {
                int number = gen.intBetween(0, 99);
                SegmentDescription segment = number % 10 == 0 ? v1(number, HashAlgorithm.SHA_256, 7) : v2(number);
                if (!batch.contains(segment)) {
                    batch.add(segment);
                    reference.remove(number);
                    reference.put(number, segment);
                }
            }
            store.apply(batch, after(++read));
            while (cost(reference) > MAX_BYTES) {
                reference.remove(reference.keySet().iterator().next());
            }
            assertThat(store.bytes()).isEqualTo(cost(reference));
            assertThat(store.entries()).isEqualTo(reference.size());
            assertThat(store.subscription()).isEqualTo(after(read));
            int asked = gen.intBetween(0, 99);
            SegmentDescription segment = asked % 10 == 0 ? v1(asked, HashAlgorithm.SHA_256, 7) : v2(asked);
            assertThat(store.find(segment.id())).isEqualTo(reference.get(asked));
        }
        store.close();
    }

    private static long cost(Map<Integer, SegmentDescription> entries) {
        return entries.values().stream()
                .mapToLong(segment -> segment.hashAlgorithm() == HashAlgorithm.TRUNCATED_SHA_512
                        ? V2_COST
                        : SegmentKeyStore.costOf(32, 9 + 18 + 16 + 2 * 32 + 4 + 7 * 32))
                .sum();
    }
}
