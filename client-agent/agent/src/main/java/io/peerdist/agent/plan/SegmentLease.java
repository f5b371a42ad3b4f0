// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/**
 * What others say about one segment that a download wants to fetch from the origin.
 *
 * @param millis of {@link State#GRANTED}, how long others wait unless they are told again, 0 when nobody does; of
 *     {@link State#WAIT}, when to ask again; 0 of the others
 */
public record SegmentLease(State state, int millis) {
    /** Nobody else fetches the segment, and nobody waits for it. */
    public static final SegmentLease FREE = new SegmentLease(State.GRANTED, 0);

    /** This machine's own cache has it now. */
    public static final SegmentLease IN_LOCAL_CACHE = new SegmentLease(State.IN_LOCAL_CACHE, 0);

    /** A hosted cache has it. */
    public static final SegmentLease IN_HOSTED_CACHE = new SegmentLease(State.IN_HOSTED_CACHE, 0);

    /** Whose turn it is. */
    public enum State {
        /** This download fetches the segment. */
        GRANTED,
        /** Somebody else does. */
        WAIT,
        /** This machine's own cache has it now. */
        IN_LOCAL_CACHE,
        /** A hosted cache has it. */
        IN_HOSTED_CACHE
    }
}
