// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/** Hears what a plan decides, for the counters. */
public interface PlanListener {
    /** Hears nothing. */
    PlanListener NONE = new PlanListener() {};

    /** A block that took long is asked for at a second source. */
    default void hedged() {}

    /** The second source was quicker. */
    default void hedgeWon() {}

    /** A source of this kind is left out for a while. */
    default void leftOut(DownloadSource kind) {}

    /** Others were waited for in vain, and the origin is asked regardless. */
    default void waitedInVain() {}
}
