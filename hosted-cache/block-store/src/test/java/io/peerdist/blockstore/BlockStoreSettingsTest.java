// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pchc.ContentComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockStoreSettingsTest {
    private static final Path DIRECTORY = Path.of("store");

    @Test
    void choosesExtentsByTheLimit() {
        assertThat(BlockStoreSettings.of(DIRECTORY, 100L << 30).extentBytes()).isEqualTo(256 << 20);
        assertThat(BlockStoreSettings.of(DIRECTORY, 1L << 30).extentBytes()).isEqualTo(64 << 20);
        assertThat(BlockStoreSettings.of(DIRECTORY, 4 << 20).extentBytes()).isEqualTo(256 << 10);
    }

    private static final Quotas QUOTAS = Quotas.of(Map.of(ContentComponent.SMB, 5L));

    @Test
    void keepsTheOtherValuesWhenOneIsChanged() {
        BlockStoreSettings settings = BlockStoreSettings.of(DIRECTORY, 1 << 30)
                .withExtentBytes(1 << 20)
                .withEntryCacheBytes(7)
                .withCatalogueMemoryBytes(2 << 20)
                .withSync(Duration.ofSeconds(9), 11)
                .withMaxAge(Duration.ofDays(3))
                .withQuotas(QUOTAS);
        assertThat(settings)
                .isEqualTo(new BlockStoreSettings(
                        DIRECTORY,
                        1 << 30,
                        1 << 20,
                        7,
                        2 << 20,
                        Duration.ofSeconds(9),
                        11,
                        Duration.ofDays(3),
                        QUOTAS));
    }

    @Test
    void refusesValuesOutOfRange() {
        BlockStoreSettings settings = BlockStoreSettings.of(DIRECTORY, 4 << 20);
        assertThatThrownBy(() -> BlockStoreSettings.of(DIRECTORY, (4 << 20) - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes: 4194303 (expected: at least 4194304)");
        assertThatThrownBy(() -> settings.withExtentBytes((1 << 20) + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withExtentBytes(1000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withEntryCacheBytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withCatalogueMemoryBytes(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withSync(Duration.ofSeconds(-1), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withSync(Duration.ZERO, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withMaxAge(Duration.ofHours(36)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAge: PT36H (expected: whole days, or zero)");
        assertThatThrownBy(() -> settings.withMaxAge(Duration.ofDays(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
