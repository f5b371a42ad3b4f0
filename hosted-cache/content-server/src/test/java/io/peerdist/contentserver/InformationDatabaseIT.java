// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.ContentInformationStore;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.information.KeptInformation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InformationDatabaseIT {
    private static final int PART_BYTES = ContentInformationStore.MAX_VALUE_BYTES / 2;
    private static final ContentSecrets SECRETS = ContentSecrets.derive(SecretKey.of(new byte[] {1}));
    private static final ContentSecrets OTHERS = ContentSecrets.derive(SecretKey.of(new byte[] {2}));
    private static final byte[] KEY = {1, 2, 3};

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART_BYTES - 5, PART_BYTES - 4, PART_BYTES - 3, 2 * PART_BYTES - 4, 20_000_000})
    void keepsValuesOfAnySizeAcrossARestart(int bytes) {
        byte[] value = Gen.ofSeed(bytes).bytes(bytes);
        try (InformationDatabase database = InformationDatabase.open(directory, false, registry)) {
            assertThat(database.get(KEY)).isNull();
            database.put(KEY, value);
        }

        try (InformationDatabase database = InformationDatabase.open(directory, false, registry)) {
            assertThat(database.get(KEY)).isEqualTo(value);
        }
        assertThat(registry.get("peerdist_ci_store_failures").counter().count()).isZero();
    }

    @Test
    void dropsWhatIsMadeWithSecretsThatAreNotUnderstood() {
        byte[] kept = key(SECRETS, 1);
        try (InformationDatabase database = InformationDatabase.open(directory, false, registry)) {
            database.put(kept, new byte[20_000_000]);
            for (int i = 0; i < 5_000; i++) {
                database.put(key(OTHERS, i), new byte[10]);
            }

            database.dropAllBut(List.of(SECRETS));

            assertThat(database.get(kept)).hasSize(20_000_000);
            assertThat(registry.get("peerdist_content_information_entries")
                            .gauge()
                            .value())
                    .isEqualTo(3);
            database.dropAllBut(List.of());
            assertThat(database.get(kept)).isNull();
        }
    }

    private static byte[] key(ContentSecrets secrets, int number) {
        return ByteBuffer.allocate(1 + ContentSecrets.PARAMETERS_TAG_BYTES + Integer.BYTES)
                .put(KeptInformation.KEY_PREFIX)
                .put(secrets.parametersTag())
                .putInt(number)
                .array();
    }

    @Test
    void hasNothingWhenAPartIsLost() {
        try (InformationDatabase database = InformationDatabase.open(directory, false, registry)) {
            database.put(KEY, new byte[20_000_000]);
        }
        try (ContentInformationStore store =
                ContentInformationStore.open(directory.resolve("content-information"), registry)) {
            store.remove(ByteBuffer.allocate(7).put(KEY).putInt(1).array());
        }

        try (InformationDatabase database = InformationDatabase.open(directory, false, registry)) {
            assertThat(database.get(KEY)).isNull();
        }
    }
}
