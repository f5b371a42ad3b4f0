// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.HeldBlock;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.retrieval.BlockServedListener;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts what is served by the component of clients that offered it. Each block costs one look into the store's memory,
 * where it has just been found, and two counters: no lock, and nothing of the disk. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC note 8</a>
 */
final class ContentMetrics implements BlockServedListener {
    private final BlockStore store;
    private final Map<ContentComponent, Counter> blocks = new EnumMap<>(ContentComponent.class);
    private final Map<ContentComponent, Counter> bytes = new EnumMap<>(ContentComponent.class);

    ContentMetrics(BlockStore store, MeterRegistry registry) {
        this.store = store;
        for (ContentComponent component : ContentComponent.values()) {
            blocks.put(
                    component,
                    Counter.builder("peerdist_content_served_blocks")
                            .description("Blocks served, by the component that the content tag names.")
                            .tag("content_tag", component.label())
                            .register(registry));
            bytes.put(
                    component,
                    Counter.builder("peerdist_content_served_bytes")
                            .description(
                                    "Octets of blocks served, as encrypted, by the component that the content tag names.")
                            .tag("content_tag", component.label())
                            .register(registry));
        }
    }

    /** A block that was removed while it was being sent is not counted: nobody knows its tag any more. */
    @Override
    public void blockServed(InetSocketAddress remote, SegmentId segmentId, int blockIndex) {
        HeldBlock block = store.peekBlock(segmentId, blockIndex);
        if (block != null) {
            servedBlocks(block.component()).increment();
            Counter served = bytes.get(block.component());
            if (served != null) {
                served.increment(block.ciphertextBytes());
            }
        }
    }

    private Counter servedBlocks(ContentComponent component) {
        Counter counter = blocks.get(component);
        if (counter == null) {
            throw new IllegalStateException("component: " + component + " (expected: one that is counted)");
        }
        return counter;
    }

    /** Blocks of the component served since the start. */
    long blocks(ContentComponent component) {
        return (long) servedBlocks(component).count();
    }
}
