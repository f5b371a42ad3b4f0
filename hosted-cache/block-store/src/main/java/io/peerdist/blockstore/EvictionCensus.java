// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;

/** How many octets of a victim belong to blocks of each component and frequency. For one thread. */
final class EvictionCensus {
    private static final int FREQUENCIES = FrequencySketch.MAX_COUNT + 1;

    private final long[] bytes = new long[ComponentIndex.COUNT * FREQUENCIES];

    /** Counts a block. */
    void add(ContentComponent component, int frequency, int recordBytes) {
        bytes[ComponentIndex.of(component) * FREQUENCIES + frequency] += recordBytes;
    }

    long bytes(ContentComponent component, int frequency) {
        return bytes[ComponentIndex.of(component) * FREQUENCIES + frequency];
    }
}
