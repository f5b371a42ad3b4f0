// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.peerdist.agent.download.BlockOutput;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that arrive in any order and leave in theirs. Who brings one never waits; how many may come is the {@link StreamWindow}'s
 * to say. What stands outside the part that is wanted is cut off. Thread-safe.
 */
final class OrderedBlocks implements BlockOutput {
    private final long end;
    private final AtomicLong heldInAll;
    private final Runnable arrived;
    /** By the offset of the first byte wanted of each. */
    private final Map<Long, ByteBuffer> waiting = new HashMap<>();

    private long next;
    private long heldBytes;
    private boolean dropped;
    /** Whether who takes found nothing, or never looked, and is not told yet that there is something. */
    private boolean starved = true;

    /**
     * @param from the first byte wanted
     * @param end one after the last byte wanted
     * @param heldInAll the bytes that wait in all streams
     * @param arrived called when there is something to take again, by who brings it
     */
    OrderedBlocks(long from, long end, AtomicLong heldInAll, Runnable arrived) {
        this.next = from;
        this.end = end;
        this.heldInAll = heldInAll;
        this.arrived = arrived;
    }

    @Override
    public boolean keepsBuffers() {
        return true;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) {
        boolean tell;
        synchronized (this) {
            long first = Math.max(offset, next);
            long last = Math.min(offset + bytes.remaining(), end);
            if (dropped || first >= last || waiting.containsKey(first)) {
                return;
            }
            ByteBuffer wanted = bytes.slice(bytes.position() + (int) (first - offset), (int) (last - first));
            waiting.put(first, wanted);
            hold(wanted.remaining());
            tell = starved && first == next;
            starved &= !tell;
        }
        if (tell) {
            arrived.run();
        }
    }

    private void hold(int bytes) {
        heldBytes += bytes;
        heldInAll.addAndGet(bytes);
    }

    /** The next bytes, or null when they are not there yet. */
    synchronized @Nullable ByteBuffer poll() {
        ByteBuffer first = waiting.remove(next);
        if (first == null) {
            starved = true;
            return null;
        }
        next += first.remaining();
        hold(-first.remaining());
        return first;
    }

    /** The offset of the next byte to be taken; the end when all have been. */
    synchronized long next() {
        return next;
    }

    synchronized boolean isAllTaken() {
        return next == end;
    }

    /** Whether there is something to take. */
    synchronized boolean hasNext() {
        return waiting.containsKey(next);
    }

    /** Bytes that wait to be taken. */
    synchronized long heldBytes() {
        return heldBytes;
    }

    /** Forgets what waits, and what comes from now on. */
    synchronized void drop() {
        dropped = true;
        waiting.clear();
        hold((int) -heldBytes);
    }
}
