// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the blocks of one extent have been good for lately, by the component that their content tags name, and which places
 * in it have been read at all: estimates from which {@link EvictionPolicy} chooses, cheap enough to be kept with every
 * read. Thread-safe.
 */
final class ExtentUse {
    private static final int COMPONENTS = ComponentIndex.COUNT;

    /** A bit stands for so many octets: most blocks have some of their own, and 256 MiB take 2 KiB of heap. */
    private static final int BYTES_PER_BIT = 16 << 10;

    private final AtomicLongArray reusedBytes = new AtomicLongArray(COMPONENTS);
    private final AtomicLongArray liveBytes = new AtomicLongArray(COMPONENTS);
    private final AtomicLongArray served;

    /** The use of an extent of {@code extentBytes} in which nothing has been read yet. */
    ExtentUse(int extentBytes) {
        this.served = new AtomicLongArray(extentBytes / BYTES_PER_BIT / Long.SIZE + 1);
    }

    /** Octets wanted again, older wants counting less; a block counts {@link EvictionPolicy#MAX_WORTH} times at most. */
    long reusedBytes(ContentComponent component) {
        return reusedBytes.get(ComponentIndex.of(component));
    }

    void addReused(ContentComponent component, long bytes) {
        reusedBytes.addAndGet(ComponentIndex.of(component), bytes);
    }

    /** Octets of records of {@code component} that are held here. */
    long liveBytes(ContentComponent component) {
        return liveBytes.get(ComponentIndex.of(component));
    }

    /** Counts records that come or, with a negative number, go. */
    void addLive(ContentComponent component, long bytes) {
        liveBytes.addAndGet(ComponentIndex.of(component), bytes);
    }

    /** Notes that the record at {@code offset} has been read since it was written. */
    void markServed(int offset) {
        int bit = offset / BYTES_PER_BIT;
        long mask = 1L << bit;
        if ((served.getOpaque(bit / Long.SIZE) & mask) == 0) {
            served.getAndUpdate(bit / Long.SIZE, word -> word | mask);
        }
    }

    /** Whether the record at {@code offset}, or a small one close to it, has been read since it was written. */
    boolean isServed(int offset) {
        int bit = offset / BYTES_PER_BIT;
        return (served.getOpaque(bit / Long.SIZE) & 1L << bit) != 0;
    }

    /** Lets past use fade to half, together with the frequencies it was counted from. */
    void fade() {
        for (int component = 0; component < COMPONENTS; component++) {
            reusedBytes.getAndUpdate(component, bytes -> bytes / 2);
        }
    }

    /** The length of {@link #writeTo}. */
    int encodedBytes() {
        return (2 * COMPONENTS + served.length()) * Long.BYTES;
    }

    /** Octets wanted again and octets held, for each component in its order, then the places that have been read. */
    void writeTo(ByteBuffer target) {
        for (int component = 0; component < COMPONENTS; component++) {
            target.putLong(reusedBytes.get(component)).putLong(liveBytes.get(component));
        }
        for (int word = 0; word < served.length(); word++) {
            target.putLong(served.get(word));
        }
    }

    /** Adds what {@link #writeTo} has written, of which {@link #encodedBytes} octets remain. */
    void read(ByteBuffer source) {
        for (int component = 0; component < COMPONENTS; component++) {
            reusedBytes.addAndGet(component, source.getLong());
            liveBytes.addAndGet(component, source.getLong());
        }
        for (int word = 0; word < served.length(); word++) {
            long bits = source.getLong();
            served.getAndUpdate(word, before -> before | bits);
        }
    }
}
