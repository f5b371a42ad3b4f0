// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.pchc.ContentComponent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What {@link BlockStore} counts. */
final class BlockStoreMetrics implements AutoCloseable {
    /** Why blocks left the store. */
    enum Removal {
        /** Their extent made room for others. */
        SPACE("space"),
        /** Somebody asked for it. */
        REQUEST("request"),
        /** Nobody had used their segment for too long. */
        AGE("age"),
        /** They were damaged. */
        DAMAGE("damage");

        private final String label;

        Removal(String label) {
            this.label = label;
        }
    }

    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<Removal, Counter> removals = new EnumMap<>(Removal.class);
    private final Map<PutResult, Counter> rejections = new EnumMap<>(PutResult.class);
    private final Counter writes;
    private final Counter writtenBytes;
    private final Counter duplicates;
    private final Counter damagedBlocks;
    private final Counter relocatedBlocks;
    private final Counter unnotedUses;
    private final Counter syncs;
    private final Counter syncFailures;

    BlockStoreMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Removal removal : Removal.values()) {
            removals.put(
                    removal,
                    counter("peerdist_evictions", "Blocks removed from the block store", "reason", removal.label));
        }
        for (PutResult result : PutResult.values()) {
            if (!result.isHeld()) {
                rejections.put(
                        result,
                        counter(
                                "peerdist_store_rejected",
                                "Blocks that the block store did not take",
                                "reason",
                                result.reason()));
            }
        }
        writes = counter("peerdist_store_writes", "Blocks written to the block store");
        writtenBytes = counter("peerdist_store_written_bytes", "Octets of ciphertext written to the block store");
        duplicates = counter("peerdist_store_duplicates", "Blocks put that the block store held already");
        damagedBlocks = counter("peerdist_store_damaged_blocks", "Blocks found damaged on the disk");
        relocatedBlocks = counter("peerdist_store_relocated_blocks", "Blocks kept when their extent was evicted");
        unnotedUses = counter(
                "peerdist_store_unnoted_uses",
                "Reads that could not be noted for the age of their segment: too many at once");
        syncs = counter("peerdist_store_syncs", "Times that the block log was forced to the disk");
        syncFailures = counter("peerdist_store_sync_failures", "Times that forcing the block log failed");
    }

    private Counter counter(String name, String description, String... tags) {
        Counter counter =
                Counter.builder(name).description(description).tags(tags).register(registry);
        meters.add(counter);
        return counter;
    }

    MeterRegistry registry() {
        return registry;
    }

    /** Registers the gauges that follow the store. */
    void follow(BlockStore store) {
        gauge(
                "peerdist_cache_bytes",
                "Octets on the disk",
                store,
                s -> s.statistics().usedBytes());
        gauge(
                "peerdist_cache_limit_bytes",
                "The most octets on the disk",
                store,
                s -> s.statistics().limitBytes());
        gauge(
                "peerdist_cache_segments",
                "Segments held, wholly or in part",
                store,
                s -> s.statistics().segments());
        gauge("peerdist_cache_blocks", "Blocks held", store, s -> s.statistics().blocks());
        gauge(
                "peerdist_cache_live_bytes",
                "Octets of the log that held blocks take",
                store,
                s -> s.statistics().liveBytes());
        gauge(
                "peerdist_cache_pinned_bytes",
                "Octets of the log that pinned blocks take",
                store,
                s -> s.statistics().pinnedBytes());
        for (ContentComponent component : ContentComponent.values()) {
            gauge(
                    "peerdist_content_stored_segments",
                    "Segments held, wholly or in part, by the component that their content tag names",
                    store,
                    s -> s.tagCounts().segments(component),
                    "content_tag",
                    component.label());
            gauge(
                    "peerdist_content_stored_bytes",
                    "Octets of ciphertext held, by the component that the content tag names",
                    store,
                    s -> s.tagCounts().bytes(component),
                    "content_tag",
                    component.label());
        }
    }

    private void gauge(
            String name, String description, BlockStore store, ToDoubleFunction<BlockStore> value, String... tags) {
        meters.add(Gauge.builder(name, store, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    void put(PutResult result, int ciphertextBytes) {
        switch (result) {
            case STORED -> {
                writes.increment();
                writtenBytes.increment(ciphertextBytes);
            }
            case ALREADY_HELD -> duplicates.increment();
            default -> {
                Counter rejection = rejections.get(result);
                if (rejection != null) {
                    rejection.increment();
                }
            }
        }
    }

    void removed(Removal reason, int blocks) {
        Counter removal = removals.get(reason);
        if (removal != null) {
            removal.increment(blocks);
        }
    }

    void damaged() {
        damagedBlocks.increment();
    }

    void useNotNoted() {
        unnotedUses.increment();
    }

    void relocated(int blocks) {
        relocatedBlocks.increment(blocks);
    }

    void synced() {
        syncs.increment();
    }

    void syncFailed() {
        syncFailures.increment();
    }

    /** Takes the meters out of the registry, so that a closed store is not held on to. */
    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
