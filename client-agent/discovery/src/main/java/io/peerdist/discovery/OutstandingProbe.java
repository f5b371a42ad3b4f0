// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.message.Probe;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A probe whose answers are taken, with the searches that wait for them. Lives on one thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.1.1</a>
 */
final class OutstandingProbe {
    private final Probe probe;
    private final Set<SegmentId> segmentIds;
    private final long startedNanos;
    private final Set<Search> searches = new LinkedHashSet<>();
    private boolean answered;
    private boolean ended;

    OutstandingProbe(Probe probe, long startedNanos) {
        this.probe = probe;
        this.startedNanos = startedNanos;
        segmentIds = new HashSet<>(probe.segmentIds());
    }

    Probe probe() {
        return probe;
    }

    boolean asksFor(SegmentId segmentId) {
        return segmentIds.contains(segmentId);
    }

    long startedNanos() {
        return startedNanos;
    }

    void join(Search search) {
        searches.add(search);
    }

    Set<Search> searches() {
        return searches;
    }

    /** Whether sending it again can bring anything: it is open, and some search still waits, or nobody answered at all. */
    boolean isWantedAgain() {
        return !ended && (!answered || searches.stream().anyMatch(each -> !each.isDone()));
    }

    boolean answered() {
        return answered;
    }

    void answer() {
        answered = true;
    }

    void end() {
        ended = true;
    }
}
