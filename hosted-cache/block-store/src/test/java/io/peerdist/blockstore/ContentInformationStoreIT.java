// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStoreException.Kind;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentInformationStoreIT {
    private static final long MAX_BYTES = 100_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Path directory;
    private int runs;

    @BeforeEach
    void chooseDirectory(@TempDir Path temporary) {
        directory = temporary.resolve("content-information");
    }

    private ContentInformationStore open() {
        return ContentInformationStore.open(directory, MAX_BYTES, registry);
    }

    private static byte[] key(int number) {
        return ("key " + number).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] value(int number, int bytes) {
        return Gen.ofSeed(number).bytes(bytes);
    }

    @Test
    void keepsWhatWasPut() {
        try (ContentInformationStore store = open()) {
            assertThat(store.get(key(1))).isNull();
            assertThat(store.put(key(1), value(1, 1000))).isTrue();
            assertThat(store.put(key(2), new byte[0])).isTrue();
            assertThat(store.get(key(1))).isEqualTo(value(1, 1000));
            assertThat(store.get(key(2))).isEmpty();
        }
        try (ContentInformationStore store = open()) {
            assertThat(store.get(key(1))).isEqualTo(value(1, 1000));
            assertThat(store.entries()).isEqualTo(2);
            store.remove(key(1));
            store.remove(key(1));
            assertThat(store.get(key(1))).isNull();
            assertThat(store.entries()).isEqualTo(1);
        }
    }

    @Test
    void showsKeysInTheOrderOfTheirUnsignedOctets() {
        try (ContentInformationStore store = open()) {
            byte[][] keys = {{1}, {1, 0}, {1, (byte) 0x80}, {1, (byte) 0xff, 7}, {2}, {(byte) 0xff}};
            for (int i = keys.length - 1; i >= 0; i--) {
                store.put(keys[i], new byte[i]);
            }
            assertThat(visited(store, new byte[] {1, 0}, new byte[] {2}, 10))
                    .isEqualTo("[1, 0]=1 [1, -128]=2 [1, -1, 7]=3 ");
            assertThat(visited(store, new byte[0], new byte[] {(byte) 0xff}, 2)).isEqualTo("[1]=0 [1, 0]=1 ");
            assertThat(visited(store, new byte[] {2, 0}, new byte[] {3}, 10)).isEmpty();
            store.remove(new byte[] {1, 0});
            assertThat(visited(store, new byte[] {1, 0}, new byte[] {1, -1}, 10))
                    .isEqualTo("[1, -128]=2 ");
        }
    }

    private static String visited(ContentInformationStore store, byte[] from, byte[] to, int most) {
        StringBuilder seen = new StringBuilder();
        AtomicInteger count = new AtomicInteger();
        store.visitKeys(from, to, (key, valueBytes) -> {
            seen.append(Arrays.toString(key)).append('=').append(valueBytes).append(' ');
            return count.incrementAndGet() < most;
        });
        return seen.toString();
    }

    @Test
    void replacesAValue() {
        try (ContentInformationStore store = open()) {
            store.put(key(1), value(1, 5000));
            long bytes = store.bytes();
            store.put(key(1), value(2, 5000));
            assertThat(store.get(key(1))).isEqualTo(value(2, 5000));
            assertThat(store.bytes()).isEqualTo(bytes);
            assertThat(store.entries()).isEqualTo(1);
        }
    }

    @Test
    void dropsTheOldestBeyondItsLimit() {
        try (ContentInformationStore store = open()) {
            for (int number = 0; number < 30; number++) {
                assertThat(store.put(key(number), value(number, 10_000))).isTrue();
                assertThat(store.bytes()).isLessThanOrEqualTo(MAX_BYTES);
            }
            assertThat(store.entries()).isEqualTo(9);
            assertThat(store.get(key(20))).isNull();
            assertThat(store.get(key(21))).isEqualTo(value(21, 10_000));
            assertThat(registry.get("peerdist_content_information_dropped")
                            .counter()
                            .count())
                    .isEqualTo(21);
        }
    }

    @Test
    void refusesAValueBeyondItsLimitAndForgetsTheOldOne() {
        try (ContentInformationStore store = open()) {
            store.put(key(1), value(1, 10));
            assertThat(store.put(key(1), new byte[(int) MAX_BYTES])).isFalse();
            assertThat(store.get(key(1))).isNull();
            assertThatThrownBy(() -> store.put(new byte[0], new byte[1])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.put(new byte[1025], new byte[1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void survivesTheDeathOfTheProcess() throws IOException {
        Path copy = directory.resolveSibling("copy");
        try (ContentInformationStore store = open()) {
            for (int number = 0; number < 9; number++) {
                store.put(key(number), value(number, 5000));
            }
            copyFolder(directory, copy);
            copyFolder(directory.resolve("database"), copy.resolve("database"));
        }
        directory = copy;
        try (ContentInformationStore store = open()) {
            for (int number = 0; number < 9; number++) {
                assertThat(store.get(key(number))).isEqualTo(value(number, 5000));
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
    void readsADamagedValueAsAbsent() throws IOException {
        int count = 20;
        try (ContentInformationStore store = ContentInformationStore.open(directory, registry)) {
            for (int number = 0; number < count; number++) {
                store.put(key(number), value(number, 100_000));
            }
        }
        StoreDirectoryFixture.damageTable(directory.resolve("database"), ContentInformationStore.FAMILIES);
        try (ContentInformationStore store = ContentInformationStore.open(directory, registry)) {
            for (int number = 0; number < count; number++) {
                byte[] value = store.get(key(number));
                if (value == null) {
                    assertThat(store.put(key(number), value(number, 100_000))).isTrue();
                } else {
                    assertThat(value).isEqualTo(value(number, 100_000));
                }
            }
            assertThat(registry.get("peerdist_content_information_damaged")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(store.entries()).isEqualTo(count);
            for (int number = 0; number < count; number++) {
                assertThat(store.get(key(number))).isEqualTo(value(number, 100_000));
            }
        }
    }

    @Test
    void startsAnewWhenTheDatabaseCannotBeOpened() throws IOException {
        try (ContentInformationStore store = open()) {
            store.put(key(1), value(1, 100));
        }
        Files.writeString(directory.resolve("database").resolve("CURRENT"), "nonsense\n");
        try (ContentInformationStore store = open()) {
            assertThat(store.get(key(1))).isNull();
            assertThat(store.put(key(1), value(1, 100))).isTrue();
        }
    }

    @Test
    void refusesADirectoryThatIsOpen() {
        try (ContentInformationStore store = open()) {
            assertThat(store.entries()).isZero();
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            BlockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED));
        }
    }

    @Test
    void saysThatItIsClosed() {
        ContentInformationStore store = open();
        store.close();
        store.close();
        assertThatThrownBy(() -> store.get(key(1)))
                .isInstanceOfSatisfying(
                        BlockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
    }

    @RandomizedTest(tries = 5)
    void agreesWithAMapThatDropsItsOldest(Gen gen) {
        directory = directory.resolveSibling("run" + runs++);
        Map<Integer, byte[]> reference = new LinkedHashMap<>();
        ContentInformationStore store = open();
        for (int step = 0; step < 150; step++) {
            int number = gen.intBetween(0, 15);
            int choice = gen.intBetween(0, 9);
            if (choice < 6) {
                byte[] value = gen.bytesUpTo(30_000);
                assertThat(store.put(key(number), value)).isTrue();
                reference.remove(number);
                reference.put(number, value);
                while (cost(reference) > MAX_BYTES) {
                    reference.remove(reference.keySet().iterator().next());
                }
            } else if (choice < 8) {
                store.remove(key(number));
                reference.remove(number);
            } else if (choice == 8) {
                store.close();
                store = open();
            }
            assertThat(store.get(key(number))).isEqualTo(reference.get(number));
            assertThat(store.entries()).isEqualTo(reference.size());
            assertThat(store.bytes()).isEqualTo(cost(reference));
        }
        store.close();
    }

    private static long cost(Map<Integer, byte[]> entries) {
        return entries.entrySet().stream()
                .mapToLong(entry -> 2L * key(entry.getKey()).length + entry.getValue().length + 64)
                .sum();
    }
}
