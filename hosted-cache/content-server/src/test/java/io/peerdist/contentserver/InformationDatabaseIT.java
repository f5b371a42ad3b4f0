// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.conformance.Gen;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InformationDatabaseIT {
    private static final int PART_BYTES = ContentInformationStore.MAX_VALUE_BYTES / 2;
    private static final byte[] KEY = {1, 2, 3};

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART_BYTES - 5, PART_BYTES - 4, PART_BYTES - 3, 2 * PART_BYTES - 4, 20_000_000})
    void keepsValuesOfAnySizeAcrossARestart(int bytes) {
        byte[] value = Gen.ofSeed(bytes).bytes(bytes);
        try (InformationDatabase database = InformationDatabase.open(directory, registry)) {
            assertThat(database.get(KEY)).isNull();
            database.put(KEY, value);
        }

        try (InformationDatabase database = InformationDatabase.open(directory, registry)) {
            assertThat(database.get(KEY)).isEqualTo(value);
        }
        assertThat(registry.get("peerdist_ci_store_failures").counter().count()).isZero();
    }

    @Test
    void hasNothingWhenAPartIsLost() {
        try (InformationDatabase database = InformationDatabase.open(directory, registry)) {
            database.put(KEY, new byte[20_000_000]);
        }
        try (ContentInformationStore store =
                ContentInformationStore.open(directory.resolve("content-information"), registry)) {
            store.remove(ByteBuffer.allocate(7).put(KEY).putInt(1).array());
        }

        try (InformationDatabase database = InformationDatabase.open(directory, registry)) {
            assertThat(database.get(KEY)).isNull();
        }
    }
}
