// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/** How one source of a plan stands. Not thread-safe. */
final class SourceState {
    final DownloadPlan.PlanSource plan;
    final SourceScore own = new SourceScore();
    /** Whether it held something of what it was asked for; most places for peers stay empty. */
    boolean holdsAny;

    int inFlight;
    long bytesInFlight;
    /** When something came from it last, or was asked for first. */
    long progressNanos;

    SourceState(DownloadPlan.PlanSource plan) {
        this.plan = plan;
    }

    SourceScore score() {
        SourceScore shared = plan.shared().get();
        return shared != null ? shared : own;
    }

    boolean isFull() {
        return inFlight >= Math.min(plan.maxInFlight(), score().inFlightLimit());
    }
}
