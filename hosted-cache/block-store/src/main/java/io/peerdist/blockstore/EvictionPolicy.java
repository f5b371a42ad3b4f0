// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides what goes when the store is full; touches neither files nor catalogue. The idea is W-TinyLFU (Einziger, Eytan,
 * Friedman, Manes: "Adaptive Software Cache Management", 2018), cut to a log whose space comes free in extents.
 *
 * <p><b>Window.</b> The newest extents are left alone, so that new blocks have time to be asked for. Behind the window a
 * block has to be worth its place.
 *
 * <p><b>Victim.</b> The extent whose blocks have been <em>wanted again</em> the least, per octet that its deletion frees;
 * among equals the oldest. A put counts as a want of its own, also one of a block that was evicted before, so one large
 * download that nobody repeats fills extents worth nothing, which then go one after the other, in place of the working set.
 *
 * <p><b>Survivors.</b> Of the victim's blocks those read since they were written are appended anew, the most wanted first,
 * up to a part of an extent: an eviction has to be worth its writes. A survivor has to be read again to survive again.
 *
 * <p><b>Quotas.</b> Of a component over its quota, reuse counts little and presence counts against the extent; and its
 * least wanted blocks go with the victim, however hot, until it is within its quota.
 */
final class EvictionPolicy {
    /** Wants beyond the first that add to the worth of an extent: one very popular block must not hold all its neighbours. */
    static final int MAX_WORTH = 3;

    /** Blocks wanted less often than this never survive. */
    static final int HOT_FREQUENCY = 2;

    /** One extent in so many, and at least the open one, belongs to the window. */
    private static final int EXTENTS_PER_WINDOW = 4;

    /** Reuse of what is over its quota counts one part in so many. */
    private static final int EXCESS_DISCOUNT = 16;

    /** What an octet over its quota counts against its extent. */
    private static final double EXCESS_PENALTY = 2;

    private static final ContentComponent[] COMPONENTS = ContentComponent.values();

    private final FrequencySketch frequencies;
    private final Quotas quotas;

    /** An extent as the policy sees it. */
    interface Candidate {
        /** Rises from the oldest to the newest. */
        int extentId();

        /** What deleting it frees. */
        int extentBytes();

        ExtentUse use();
    }

    EvictionPolicy(FrequencySketch frequencies, Quotas quotas) {
        this.frequencies = frequencies;
        this.quotas = quotas;
    }

    /** Notes that a block has come into the extent of {@code use}. */
    void stored(ExtentUse use, ContentComponent component, long key, int bytes) {
        int wantsBefore = frequencies.increment(key) - 1;
        use.addReused(component, (long) bytes * Math.min(wantsBefore, MAX_WORTH));
    }

    /** Notes that the block in the record at {@code offset} goes to a reader. Called for every read, by any thread. */
    void served(ExtentUse use, ContentComponent component, long key, int offset, int bytes) {
        use.markServed(offset);
        if (frequencies.increment(key) - 1 <= MAX_WORTH) {
            use.addReused(component, bytes);
        }
    }

    /** Notes that a survivor has been appended to the extent of {@code use}. */
    void moved(ExtentUse use, ContentComponent component, long key, int bytes) {
        int wantsAgain = Math.max(0, frequencies.frequency(key) - 1);
        use.addReused(component, (long) bytes * Math.min(wantsAgain, MAX_WORTH));
    }

    /** How much the block in the record at {@code offset} has been wanted, 0 to {@link FrequencySketch#MAX_COUNT}. */
    int frequency(ExtentUse use, int offset, long key) {
        int frequency = frequencies.frequency(key);
        // It has been put and read, even if the sketch has forgotten; and never read it has not earned a second life.
        return use.isServed(offset) ? Math.max(HOT_FREQUENCY, frequency) : Math.min(HOT_FREQUENCY - 1, frequency);
    }

    /** Lets the past fade when it is time. For one thread at a time. */
    void fadeIfDue(Iterable<? extends Candidate> extents) {
        if (frequencies.ageIfDue()) {
            extents.forEach(extent -> extent.use().fade());
        }
    }

    /**
     * The extent to give up, or null when none may go.
     *
     * @param inOrder all extents, from the oldest to the newest
     * @param mayGo whether an extent can be given up at this moment
     * @param heldBytes what is held of a component
     */
    <E extends Candidate> @Nullable E victim(
            List<E> inOrder, Predicate<E> mayGo, ToLongFunction<ContentComponent> heldBytes) {
        boolean[] excessive = excessive(heldBytes);
        // The window must not shield what is over its quota, which is likely to be the newest.
        int window = isAny(excessive) ? 1 : Math.max(1, inOrder.size() / EXTENTS_PER_WINDOW);
        int settled = Math.max(0, inOrder.size() - window);
        E victim = cheapest(inOrder.subList(0, settled), mayGo, excessive);
        return victim != null ? victim : cheapest(inOrder.subList(settled, inOrder.size()), mayGo, excessive);
    }

    private boolean[] excessive(ToLongFunction<ContentComponent> heldBytes) {
        boolean[] excessive = new boolean[ComponentIndex.COUNT];
        for (ContentComponent component : COMPONENTS) {
            excessive[ComponentIndex.of(component)] = quotas.excess(component, heldBytes.applyAsLong(component)) > 0;
        }
        return excessive;
    }

    private static boolean isAny(boolean[] flags) {
        boolean any = false;
        for (boolean flag : flags) {
            any |= flag;
        }
        return any;
    }

    private static <E extends Candidate> @Nullable E cheapest(
            List<E> extents, Predicate<E> mayGo, boolean[] excessive) {
        E cheapest = null;
        double least = Double.POSITIVE_INFINITY;
        for (E extent : extents) {
            double worth = worth(extent, excessive);
            if (worth < least && mayGo.test(extent)) {
                least = worth;
                cheapest = extent;
            }
        }
        return cheapest;
    }

    private static double worth(Candidate extent, boolean[] excessive) {
        ExtentUse use = extent.use();
        double worth = 0;
        for (ContentComponent component : COMPONENTS) {
            double reused = use.reusedBytes(component);
            worth += excessive[ComponentIndex.of(component)]
                    ? reused / EXCESS_DISCOUNT - EXCESS_PENALTY * use.liveBytes(component)
                    : reused;
        }
        return worth / extent.extentBytes();
    }

    /**
     * Which of the victim's blocks stay.
     *
     * @param census the victim's blocks that are not pinned
     * @param roomBytes the most that may be appended anew
     * @param heldBytes what is held of a component
     */
    Survivors survivors(EvictionCensus census, long roomBytes, ToLongFunction<ContentComponent> heldBytes) {
        long[] surplus = new long[ComponentIndex.COUNT];
        for (ContentComponent component : COMPONENTS) {
            surplus[ComponentIndex.of(component)] = quotas.excess(component, heldBytes.applyAsLong(component));
        }
        return new Survivors(census, roomBytes, surplus);
    }
}
