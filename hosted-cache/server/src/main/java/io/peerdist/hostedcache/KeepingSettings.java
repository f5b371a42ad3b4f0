// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.Quotas;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.config.ConfigurationSection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a hosted cache keeps, and for how long: the key {@code max-age} and the section {@code quotas-by-content} within
 * {@code hosted-cache}.
 *
 * @param maxAge how long a segment stays without being fetched or offered, in whole days; zero is for ever
 * @param quotas what the content of each component may take once the cache is full
 */
public record KeepingSettings(Duration maxAge, Quotas quotas) {
    /** 28 days, as in Windows, and no quotas. */
    public static final KeepingSettings DEFAULT = new KeepingSettings(BlockStoreSettings.DEFAULT_MAX_AGE, Quotas.NONE);

    private static final String MAX_AGE = "max-age";
    private static final String QUOTAS = "quotas-by-content";
    private static final Duration MAX_MAX_AGE = Duration.ofDays(36_500);
    private static final int PERCENT = 100;

    /** Reads both from the section {@code hosted-cache}, of a cache of {@code cacheBytes}; mistakes are remembered there. */
    static KeepingSettings read(ConfigurationSection section, long cacheBytes) {
        Duration maxAge = section.duration(MAX_AGE, DEFAULT.maxAge, Duration.ZERO, MAX_MAX_AGE);
        if (!maxAge.equals(Duration.ofDays(maxAge.toDays()))) {
            section.problem(MAX_AGE, "expected whole days, for example 28d, or 0 for ever");
            maxAge = DEFAULT.maxAge;
        }
        ConfigurationSection quotas = section.section(QUOTAS);
        Map<ContentComponent, Long> limits = new EnumMap<>(ContentComponent.class);
        for (ContentComponent component : ContentComponent.values()) {
            String key = component.name().toLowerCase(Locale.ROOT);
            quotas.optionalString(key)
                    .flatMap(text -> bytes(quotas, key, text, cacheBytes))
                    .ifPresent(bytes -> limits.put(component, bytes));
        }
        return new KeepingSettings(maxAge, Quotas.of(limits));
    }

    private static Optional<Long> bytes(ConfigurationSection quotas, String key, String text, long cacheBytes) {
        try {
            if (!text.endsWith("%")) {
                return Optional.of(DataSize.parse(text).bytes());
            }
            int percent = Integer.parseInt(text.substring(0, text.length() - 1));
            if (percent >= 0 && percent <= PERCENT) {
                return Optional.of(cacheBytes / PERCENT * percent);
            }
        } catch (IllegalArgumentException notANumber) {
            // Told below, as for a percentage out of range.
        }
        quotas.problem(key, text + " (expected: a size, or a part of cache-size from 0% to 100%)");
        return Optional.empty();
    }

    BlockStoreSettings apply(BlockStoreSettings store) {
        return store.withMaxAge(maxAge).withQuotas(quotas);
    }
}
