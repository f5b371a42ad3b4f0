// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/** Hears what a plan decides, for the counters. */
public interface PlanListener {
    /** Hears nothing. */
    PlanListener NONE = new PlanListener() {
        @Override
        public void hedged() {}

        @Override
        public void hedgeWon() {}

        @Override
        public void leftOut(DownloadSource kind) {}
    };

    /** A block that took long is asked for at a second source. */
    void hedged();

    /** The second source was quicker. */
    void hedgeWon();

    /** A source of this kind is left out for a while. */
    void leftOut(DownloadSource kind);

    /** Others were waited for in vain, and the origin is asked regardless. */
    default void waitedInVain() {}
}
