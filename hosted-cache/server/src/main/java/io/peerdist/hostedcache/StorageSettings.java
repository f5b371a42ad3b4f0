// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.runtime.config.ConfigurationSection;
import java.time.Duration;

/**
 * How the store treats the disk.
 *
 * @param syncInterval how often what has been stored is forced to the disk
 * @param syncBytes after how many bytes it is forced earlier; 0 forces every block before it counts as stored
 * @param scrubBytesPerSecond how fast stored blocks are read again and checked; 0 for never
 */
public record StorageSettings(Duration syncInterval, long syncBytes, long scrubBytesPerSecond) {
    /** Forced every 5 seconds and 64 MiB, scrubbed at 4 MiB a second. */
    public static final StorageSettings DEFAULT = new StorageSettings(Duration.ofSeconds(5), 64L << 20, 4L << 20);

    private static final long MAX_SYNC_BYTES = 64L << 30;
    private static final long MAX_SCRUB_BYTES_PER_SECOND = 64L << 30;

    static StorageSettings read(ConfigurationSection section) {
        return new StorageSettings(
                section.duration("sync-interval", DEFAULT.syncInterval, Duration.ofMillis(10), Duration.ofHours(1)),
                section.dataSize("sync-size", DEFAULT.syncBytes, 0, MAX_SYNC_BYTES),
                section.dataSize("scrub-rate", DEFAULT.scrubBytesPerSecond, 0, MAX_SCRUB_BYTES_PER_SECOND));
    }

    BlockStoreSettings apply(BlockStoreSettings settings) {
        return settings.withSync(syncInterval, syncBytes);
    }
}
