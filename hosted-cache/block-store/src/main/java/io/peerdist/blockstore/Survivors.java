// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;

/**
 * Which blocks of a victim are appended anew: first what exceeds a quota is set aside, the least wanted first; of the rest
 * the most wanted stay, as far as there is room. Where a component exceeds its quota the others need no merit to stay: it
 * pushes out its own, not its neighbours. To be asked once for each block of the census, in any order. For one thread.
 */
final class Survivors {
    private static final int MAX = FrequencySketch.MAX_COUNT;

    /** Blocks of a component below this frequency go for its quota, and at it until the surplus is gone. */
    private final int[] quotaFrequency = new int[ComponentIndex.COUNT];

    private final long[] surplusAtFrequency = new long[quotaFrequency.length];

    private final boolean[] excessive = new boolean[quotaFrequency.length];

    /** Blocks above this frequency stay, and at it while there is room. */
    private int hotFrequency = -1;

    private final boolean needsMerit;
    private long roomAtFrequency;
    private long roomBytes;

    Survivors(EvictionCensus census, long roomBytes, long[] surplusBytes) {
        this.roomBytes = roomBytes;
        boolean isAnyExcessive = false;
        for (int component = 0; component < excessive.length; component++) {
            excessive[component] = surplusBytes[component] > 0;
            isAnyExcessive |= excessive[component];
        }
        this.needsMerit = !isAnyExcessive;
        long[] left = new long[MAX + 1];
        for (ContentComponent component : ContentComponent.values()) {
            setAside(census, component, surplusBytes[ComponentIndex.of(component)], left);
        }
        long room = roomBytes;
        for (int frequency = MAX; frequency >= 0; frequency--) {
            if (left[frequency] > room) {
                hotFrequency = frequency;
                roomAtFrequency = room;
                return;
            }
            room -= left[frequency];
        }
    }

    private void setAside(EvictionCensus census, ContentComponent component, long surplusBytes, long[] left) {
        long surplus = surplusBytes;
        int ordinal = ComponentIndex.of(component);
        for (int frequency = 0; frequency <= MAX; frequency++) {
            long bytes = census.bytes(component, frequency);
            if (surplus > 0) {
                quotaFrequency[ordinal] = frequency;
                surplusAtFrequency[ordinal] = surplus;
            }
            left[frequency] += hasMerit(ordinal, frequency) ? Math.max(0, bytes - surplus) : 0;
            surplus = Math.max(0, surplus - bytes);
        }
    }

    /** Whether a block stays. */
    boolean keeps(ContentComponent component, int frequency, int recordBytes) {
        if (exceedsQuota(ComponentIndex.of(component), frequency, recordBytes)
                || !hasMerit(ComponentIndex.of(component), frequency)
                || recordBytes > roomBytes) {
            return false;
        }
        boolean kept = frequency > hotFrequency;
        if (frequency == hotFrequency && roomAtFrequency >= recordBytes) {
            roomAtFrequency -= recordBytes;
            kept = true;
        }
        roomBytes -= kept ? recordBytes : 0;
        return kept;
    }

    private boolean hasMerit(int component, int frequency) {
        return frequency >= EvictionPolicy.HOT_FREQUENCY || !(needsMerit || excessive[component]);
    }

    private boolean exceedsQuota(int component, int frequency, int recordBytes) {
        if (frequency != quotaFrequency[component]) {
            return frequency < quotaFrequency[component];
        }
        if (surplusAtFrequency[component] <= 0) {
            return false;
        }
        surplusAtFrequency[component] -= recordBytes;
        return true;
    }
}
