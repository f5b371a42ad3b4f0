// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for segments that nobody has used for too long: walks through the catalogue once a day, a few segments at a time,
 * without a lock. For one thread.
 */
final class AgeSweep {
    private static final int MIN_SEGMENTS_PER_STEP = 256;

    /** A day's walk is over in about six hours of steps at every five seconds. */
    private static final int STEPS_PER_WALK = 4_320;

    private final SegmentIndex index;
    private final UsedDays usedDays;
    private @Nullable SegmentId cursor;
    private int walkedOn = -1;

    AgeSweep(SegmentIndex index, UsedDays usedDays) {
        this.index = index;
        this.usedDays = usedDays;
    }

    /** The expired among the next segments; none when the day's walk is over. */
    List<SegmentId> step() {
        List<SegmentId> expired = new ArrayList<>();
        if (!usedDays.isLimited() || walkedOn == usedDays.today()) {
            return expired;
        }
        long limit = Math.max(MIN_SEGMENTS_PER_STEP, index.segments() / STEPS_PER_WALK);
        long[] seen = {0};
        index.walk(cursor, (id, entry) -> {
            if (entry != null && usedDays.isExpired(entry)) {
                expired.add(id);
            }
            cursor = id;
            return ++seen[0] < limit;
        });
        if (seen[0] < limit) {
            cursor = null;
            walkedOn = usedDays.today();
        }
        return expired;
    }
}
