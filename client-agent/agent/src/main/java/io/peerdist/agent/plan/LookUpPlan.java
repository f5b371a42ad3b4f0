// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The questions of a {@link DownloadPlan} about who holds what. A batch is looked up on this machine first; others are asked when the
 * local cache does not hold all of it, or turns out not to. Not thread-safe.
 */
final class LookUpPlan {
    private final BatchTable batches;
    private final VerifiedBlocks verified;
    private final List<DownloadSource> kinds;
    private final int openBatches;
    private final Plan plan;
    private final Deque<LookUp> waiting = new ArrayDeque<>();
    /** The local cache among the sources, or -1. */
    private final int localCache;
    /** Batches of which only this machine was asked yet; no more than the file has. */
    private final Set<Integer> notAskedFar = new HashSet<>();

    /** What it needs of the rest. */
    interface Plan {
        boolean isLeftOut(int source);

        /** It is known of everybody what they hold of a batch, or of one that it holds all. */
        void classify(int batch);
    }

    /** @param kinds of the sources, in their order */
    LookUpPlan(
            BatchTable batches, VerifiedBlocks verified, List<DownloadSource> kinds, PlanSettings settings, Plan plan) {
        this.batches = batches;
        this.verified = verified;
        this.kinds = List.copyOf(kinds);
        this.openBatches = settings.openBatches();
        this.plan = plan;
        this.localCache = kinds.indexOf(DownloadSource.LOCAL_CACHE);
    }

    /** The next question, or null when nothing is to be asked before something completes. */
    @Nullable
    LookUp next() {
        while (!batches.allOpened() && batches.openCount() < openBatches) {
            int batch = batches.openNext(verified);
            if (batches.isOpen(batch)) {
                begin(batch);
            }
        }
        return waiting.poll();
    }

    private void begin(int batch) {
        if (kinds.isEmpty()) {
            plan.classify(batch);
        } else if (localCache >= 0) {
            notAskedFar.add(batch);
            askAll(batch, true);
        } else {
            askAll(batch, true);
            askAll(batch, false);
        }
    }

    private void askAll(int batch, boolean near) {
        for (int source = 0; source < kinds.size(); source++) {
            if (kinds.get(source).isNear() == near) {
                ask(source, batch);
            }
        }
    }

    private void ask(int source, int batch) {
        int segments = batches.endSegment(batch) - batches.firstSegment(batch);
        if (plan.isLeftOut(source)) {
            answered(source, batch, Collections.nCopies(segments, BlockRanges.NONE));
        } else {
            waiting.add(new LookUp(source, batch, batches.firstSegment(batch), batches.endSegment(batch)));
        }
    }

    private void askFar(int batch) {
        if (notAskedFar.remove(batch)) {
            askAll(batch, false);
        }
    }

    /** A source holds these blocks of a batch, per segment. */
    void answered(int source, int batch, List<BlockRanges> held) {
        if (batches.answered(source, batch, held)) {
            plan.classify(batch);
        } else if (batches.isOpen(batch)) {
            if (batches.holdsAll(source, batch, verified)) {
                // That one can begin; those who are still to answer help when they have.
                plan.classify(batch);
            } else if (source == localCache) {
                askFar(batch);
            }
        }
    }

    /** Whether everybody was asked who may have the block; when not, they are, and the last answer has its batch classified. */
    boolean isKnown(int ordinal) {
        int batch = batches.batchOfBlock(ordinal);
        boolean known = batches.isAnswered(batch);
        if (!known) {
            askFar(batch);
        }
        return known;
    }
}
