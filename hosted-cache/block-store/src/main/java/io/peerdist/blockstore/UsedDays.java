// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * On which day each segment was used last, for the limit of age. A day is precise enough for that, and costs the catalogue
 * at most one small write for each segment and day. Readers only note which segments have been used; the store writes that
 * down later. Thread-safe.
 */
final class UsedDays {
    /** Notes of some seconds; a segment that finds no room is noted when it is used again. */
    private static final int MAX_NOTES = 1 << 16;

    private static final int NEVER = 0;

    private final InstantSource clock;
    private final int maxAgeDays;
    private final ConcurrentMap<SegmentId, Integer> notes = new ConcurrentHashMap<>();
    private final Runnable onOverflow;

    /** {@code onOverflow} hears of uses that are not written down. */
    UsedDays(InstantSource clock, Duration maxAge, Runnable onOverflow) {
        this.clock = clock;
        this.maxAgeDays = (int) Math.min(Integer.MAX_VALUE, maxAge.toDays());
        this.onOverflow = onOverflow;
    }

    /** Days since 1970, as far as the catalogue has room for: up to the year 2149. */
    static int dayOf(long millis) {
        return (int) Math.max(0, Math.min(0xFFFF, millis / Duration.ofDays(1).toMillis()));
    }

    int today() {
        return dayOf(clock.millis());
    }

    /** Notes that a segment has been used. Never blocks. */
    void used(SegmentEntry entry) {
        int today = today();
        if (entry.usedDay() >= today || notes.containsKey(entry.id())) {
            return;
        }
        if (notes.size() >= MAX_NOTES) {
            onOverflow.run();
            return;
        }
        notes.put(entry.id(), today);
    }

    boolean hasNotes() {
        return !notes.isEmpty();
    }

    /** Takes up to {@code limit} notes: which segment was used on which day. */
    List<Map.Entry<SegmentId, Integer>> takeNotes(int limit) {
        List<Map.Entry<SegmentId, Integer>> taken = new ArrayList<>();
        Iterator<Map.Entry<SegmentId, Integer>> all = notes.entrySet().iterator();
        while (taken.size() < limit && all.hasNext()) {
            taken.add(Map.entry(all.next().getKey(), today()));
            all.remove();
        }
        return taken;
    }

    boolean isLimited() {
        return maxAgeDays != NEVER;
    }

    /** Whether nobody has used the segment for longer than the limit; pinned ones have none. */
    boolean isExpired(SegmentEntry entry) {
        return isLimited()
                && !entry.isPinned()
                && today() - entry.usedDay() > maxAgeDays
                && !notes.containsKey(entry.id());
    }
}
