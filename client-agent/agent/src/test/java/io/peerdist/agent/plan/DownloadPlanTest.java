// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.plan.DownloadPlan.PlanSource;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DownloadPlanTest {
    private static final int BLOCK = 100;
    private static final PlanSource LOCAL = new PlanSource(DownloadSource.LOCAL_CACHE, 4);
    private static final PlanSource HOSTED = new PlanSource(DownloadSource.HOSTED_CACHE, 4);
    private static final PlanSettings SMALL = new PlanSettings(6, 10_000, Long.MAX_VALUE, 2, 500, 2, 1_000_000, 2);

    /** Segments of ten blocks. */
    private static BlockTable table(int segments) {
        return new BlockTable(
                IntStream.range(0, segments).map(i -> 10 * BLOCK).toArray(),
                IntStream.range(0, segments).map(i -> BLOCK).toArray());
    }

    private static List<PlanAction> drain(DownloadPlan plan, long nowNanos) {
        List<PlanAction> actions = new ArrayList<>();
        for (PlanAction action = plan.next(nowNanos); action != null; action = plan.next(nowNanos)) {
            actions.add(action);
        }
        return actions;
    }

    private static void answer(DownloadPlan plan, LookUp lookUp, BlockRanges held) {
        plan.lookedUp(
                lookUp.source(), lookUp.batch(), Collections.nCopies(lookUp.toSegment() - lookUp.fromSegment(), held));
    }

    @Test
    void asksTheOriginForRunsWhenThereIsNobodyElse() {
        DownloadPlan plan = new DownloadPlan(table(2), List.of(), SMALL);

        assertThat(drain(plan, 0)).containsExactly(new FetchRun(0, 0, 5), new FetchRun(1, 5, 10));
    }

    @Test
    void looksUpTwoBatchesAheadAndNoMore() {
        DownloadPlan plan = new DownloadPlan(table(9), List.of(HOSTED), SMALL);

        assertThat(drain(plan, 0)).containsExactly(new LookUp(0, 0, 0, 2), new LookUp(0, 1, 2, 4));
    }

    private static DownloadPlan part(BlockTable table, List<PlanSource> sources, long from, long end, long limit) {
        return new DownloadPlan(table, sources, SMALL, PlanListener.NONE, new PlanScope(from, end, () -> limit));
    }

    @Test
    void looksUpOnlySegmentsOfThePartThatIsWanted() {
        DownloadPlan plan = part(table(9), List.of(HOSTED), 1_999, 4_001, Long.MAX_VALUE);

        assertThat(drain(plan, 0)).containsExactly(new LookUp(0, 0, 1, 3), new LookUp(0, 1, 3, 5));
    }

    @Test
    void wantsOnlyTheBlocksThatAPartTouches() {
        DownloadPlan plan = part(table(2), List.of(), 950, 1_101, Long.MAX_VALUE);

        assertThat(drain(plan, 0)).containsExactly(new FetchRun(0, 9, 12));
        assertThat(plan.originVerified(0, 9)).isTrue();
        assertThat(plan.originVerified(0, 10)).isTrue();
        assertThat(plan.isComplete()).isFalse();
        assertThat(plan.originVerified(0, 11)).isTrue();
        assertThat(plan.isComplete()).isTrue();
    }

    @Test
    void asksForNothingBeyondTheLimitOfItsTaker() {
        DownloadPlan plan = part(table(2), List.of(LOCAL), 0, 2_000, 250);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(2)));

        assertThat(drain(plan, 0)).containsExactly(new Fetch(0, 0), new Fetch(0, 1), new FetchRun(0, 2, 3));
    }

    @Test
    void prefersTheLocalCacheToHostedCaches() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(LOCAL, HOSTED), SMALL);
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(3));
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(5));

        assertThat(drain(plan, 0))
                .containsExactly(
                        new Fetch(0, 0),
                        new Fetch(0, 1),
                        new Fetch(0, 2),
                        new Fetch(1, 3),
                        new Fetch(1, 4),
                        new FetchRun(0, 5, 10));
    }

    @Test
    void asksNobodyElseAboutWhatTheLocalCacheHolds() {
        DownloadPlan plan = new DownloadPlan(table(2), List.of(LOCAL, HOSTED, PEER), SMALL);

        assertThat(drain(plan, 0)).containsExactly(new LookUp(0, 0, 0, 2));
        plan.lookedUp(0, 0, List.of(BlockRanges.first(10), BlockRanges.first(10)));

        assertThat(drain(plan, 0)).containsExactly(new Fetch(0, 0), new Fetch(0, 1), new Fetch(0, 2), new Fetch(0, 3));
    }

    @Test
    void asksOthersWhenTheLocalCacheHasLostABlock() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(LOCAL, HOSTED), SMALL);
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(10));
        assertThat(drain(plan, 0)).hasSize(4);
        plan.notFetched(0, 1, FetchMiss.ABSENT);
        plan.notFetched(0, 2, FetchMiss.BAD);

        assertThat(drain(plan, 0)).containsExactly(new LookUp(1, 0, 0, 1), new Fetch(0, 4), new Fetch(0, 5));
        plan.lookedUp(1, 0, List.of(BlockRanges.first(2)));

        assertThat(drain(plan, 0)).containsExactly(new Fetch(1, 1), new FetchRun(0, 2, 3));
    }

    @Test
    void spreadsBlocksOverHostedCaches() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, HOSTED), SMALL);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(4)));

        assertThat(drain(plan, 0).subList(0, 4))
                .containsExactly(new Fetch(0, 0), new Fetch(1, 1), new Fetch(0, 2), new Fetch(1, 3));
    }

    @Test
    void beginsWithASourceThatHoldsAllAndHasOthersHelpLater() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        List<PlanAction> lookUps = drain(plan, 0);

        answer(plan, (LookUp) lookUps.get(1), BlockRanges.first(10));
        assertThat(drain(plan, 0)).containsExactly(new Fetch(1, 0), new Fetch(1, 1), new Fetch(1, 2), new Fetch(1, 3));

        answer(plan, (LookUp) lookUps.get(0), BlockRanges.first(6));
        assertThat(drain(plan, 0)).containsExactly(new Fetch(0, 4), new Fetch(0, 5));
    }

    @Test
    void waitsForOthersWithWhatTheFirstTurnsOutNotToHave() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        List<PlanAction> lookUps = drain(plan, 0);
        answer(plan, (LookUp) lookUps.get(1), BlockRanges.first(10));
        drain(plan, 0);

        plan.notFetched(1, 2, FetchMiss.ABSENT);
        plan.notFetched(1, 3, FetchMiss.BAD);
        assertThat(drain(plan, 0)).as("not yet the origin").containsExactly(new Fetch(1, 4), new Fetch(1, 5));

        answer(plan, (LookUp) lookUps.get(0), BlockRanges.first(3));
        assertThat(drain(plan, 0)).contains(new Fetch(0, 2), new FetchRun(0, 3, 4));
    }

    @Test
    void goesToNobodyElseBeforeAllHaveAnsweredWhenWhoHoldsAllIsLeftOut() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        List<PlanAction> lookUps = drain(plan, 0);
        for (int failure = 0; failure < 3; failure++) {
            plan.sourceFailed(1);
        }

        answer(plan, (LookUp) lookUps.get(1), BlockRanges.first(10));
        assertThat(drain(plan, 0)).isEmpty();

        answer(plan, (LookUp) lookUps.get(0), BlockRanges.first(1));
        assertThat(drain(plan, 0)).contains(new Fetch(0, 0), new FetchRun(0, 1, 6));
    }

    @Test
    void keepsWithinTheWindow() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(LOCAL, HOSTED), SMALL);
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(10));

        assertThat(drain(plan, 0)).hasSize(4); // what the source takes at a time
        assertThat(plan.verified(0, 0)).isTrue();
        assertThat(drain(plan, 0)).containsExactly(new Fetch(0, 4));
    }

    @Test
    void goesToTheNextSourceAfterABadBlock() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(LOCAL, HOSTED), SMALL);
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(1));
        answer(plan, (LookUp) drain(plan, 0).get(0), BlockRanges.first(1));
        assertThat(drain(plan, 0)).containsExactly(new Fetch(0, 0), new FetchRun(0, 1, 6), new FetchRun(1, 6, 10));

        plan.notFetched(0, 0, FetchMiss.BAD);
        assertThat(drain(plan, 0)).containsExactly(new Fetch(1, 0));
        plan.notFetched(1, 0, FetchMiss.BAD);
        plan.runEnded(0, 0, null);
        assertThat(drain(plan, 0))
                .first()
                .isInstanceOfSatisfying(
                        FetchRun.class, run -> assertThat(run.fromOrdinal()).isZero());
    }

    @Test
    void leavesOutASourceThatFailsThreeTimesInARow() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED), SMALL);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(10)));
        drain(plan, 0);
        plan.notFetched(0, 0, FetchMiss.FAILED);
        plan.verified(0, 1);
        plan.notFetched(0, 2, FetchMiss.FAILED);
        plan.notFetched(0, 3, FetchMiss.FAILED);
        assertThat(plan.isLeftOut(0)).isFalse();

        plan.sourceFailed(0);

        assertThat(plan.isLeftOut(0)).isTrue();
        assertThat(drain(plan, 0)).allMatch(FetchRun.class::isInstance);
    }

    @Test
    void waitsBeforeItAsksABrokenOriginAgain() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(), SMALL);
        drain(plan, 0);
        plan.runEnded(0, 1_000, "broken");
        plan.runEnded(1, 1_000, "broken");

        assertThat(drain(plan, 1_000 + 499_999_999)).isEmpty();
        assertThat(drain(plan, 1_000 + 500_000_000)).hasSize(2);
    }

    @Test
    void givesUpOnAnOriginThatNeverDelivers() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(), SMALL);
        long now = 0;
        int requests = 0;
        while (plan.failure() == null) {
            now += 10_000_000_000L;
            for (PlanAction action : drain(plan, now)) {
                requests++;
                plan.runEnded(((FetchRun) action).run(), now, "nobody there");
            }
        }

        assertThat(plan.failure()).isEqualTo(new PlanFailure.OriginUnreachable("nobody there"));
        assertThat(requests).isBetween(5, 6);
    }

    @Test
    void givesUpOnABlockThatIsBadTwiceAtTheOrigin() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(), SMALL);
        drain(plan, 0);
        plan.originBad(3);
        plan.runEnded(0, 0, null);
        assertThat(plan.failure()).isNull();
        drain(plan, 0);

        plan.originBad(3);

        assertThat(plan.failure()).isEqualTo(new PlanFailure.OriginCorrupt(3));
    }

    @Test
    void asksOnceForTheWholeFileWhenRangesAreIgnored() {
        DownloadPlan plan = new DownloadPlan(table(2), List.of(), SMALL);
        drain(plan, 0);
        plan.rangesIgnored();
        plan.runEnded(1, 0, "it ignores ranges");
        assertThat(drain(plan, 1_000_000_000)).isEmpty();
        plan.runEnded(0, 0, null);

        assertThat(drain(plan, 1_000_000_000)).containsExactly(new FetchRun(2, 0, 20));
    }

    @Test
    void asksForNothingFarAheadOfTheFirstMissingByte() {
        PlanSettings inOrder = new PlanSettings(6, 10_000, 700, 2, 500, 2, 1_000_000, 2);
        DownloadPlan plan = new DownloadPlan(table(2), List.of(), inOrder);

        assertThat(drain(plan, 0)).containsExactly(new FetchRun(0, 0, 5), new FetchRun(1, 5, 7));
        IntStream.range(1, 5).forEach(ordinal -> plan.originVerified(0, ordinal));
        plan.runEnded(1, 0, null);
        assertThat(drain(plan, 0)).containsExactly(new FetchRun(2, 5, 7));
    }

    private static final PlanSource PEER = new PlanSource(DownloadSource.PEER, 4);
    private static final long MILLI = 1_000_000;

    /** How often a plan hedged, won by that, and left a source out. */
    private static final class Counts implements PlanListener {
        int hedged;
        int won;
        int leftOut;

        @Override
        public void hedged() {
            hedged++;
        }

        @Override
        public void hedgeWon() {
            won++;
        }

        @Override
        public void leftOut(DownloadSource kind) {
            leftOut++;
        }
    }

    @Test
    void spreadsBlocksOverHostedCachesAndPeersAlike() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(4)));

        assertThat(drain(plan, 0).subList(0, 4))
                .containsExactly(new Fetch(0, 0), new Fetch(1, 1), new Fetch(0, 2), new Fetch(1, 3));
    }

    @Test
    void asksTheSourceThatIsExpectedToDeliverSoonest() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(10)));
        drain(plan, 0);
        plan.time(MILLI);
        plan.verified(1, 1);
        plan.verified(1, 3);
        plan.verified(1, 5);
        plan.time(100 * MILLI);
        plan.verified(0, 0);
        plan.verified(0, 2);
        plan.verified(0, 4);

        // Three from the peer take less time than one from the cache, even when the peer is full.
        assertThat(drain(plan, 100 * MILLI))
                .containsExactly(new Fetch(1, 6), new Fetch(1, 7), new Fetch(1, 8), new Fetch(1, 9));
    }

    @Test
    void asksASecondSourceForABlockThatTakesLong() {
        Counts counts = new Counts();
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL, counts);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(1)));
        assertThat(drain(plan, 0)).contains(new Fetch(0, 0)).doesNotContain(new Fetch(1, 0));
        assertThat(drain(plan, SourceScore.FIRST_PATIENCE_NANOS)).isEmpty();

        assertThat(drain(plan, SourceScore.FIRST_PATIENCE_NANOS + 20 * MILLI)).containsExactly(new Fetch(1, 0));
        assertThat(drain(plan, 2 * SourceScore.FIRST_PATIENCE_NANOS)).isEmpty(); // twice, and not a third time
        assertThat(plan.verified(1, 0)).isTrue();
        plan.duplicate(0, 0);

        assertThat(counts.hedged).isEqualTo(1);
        assertThat(counts.won).isEqualTo(1);
    }

    @Test
    void asksTheOriginForABlockThatTakesLongWhenNobodyElseHasIt() {
        Counts counts = new Counts();
        DownloadPlan plan = new DownloadPlan(table(1), List.of(PEER), SMALL, counts);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(1)));
        drain(plan, 0);
        plan.runEnded(0, 0, null);
        IntStream.range(1, 10).forEach(ordinal -> plan.originVerified(1, ordinal));
        plan.runEnded(1, 0, null);

        assertThat(drain(plan, SourceScore.FIRST_PATIENCE_NANOS + 20 * MILLI)).isEmpty();
        assertThat(drain(plan, 4 * SourceScore.FIRST_PATIENCE_NANOS + 20 * MILLI))
                .containsExactly(new FetchRun(2, 0, 1));
        assertThat(plan.originVerified(2, 0)).isTrue();
        assertThat(plan.isComplete()).isTrue();
        assertThat(counts.won).isEqualTo(1);
        assertThat(plan.inFlight()).isEqualTo(2); // the slow peer, and the run until it ends
    }

    @Test
    void asksForABlockAgainOnlyWhenBothRequestsFailed() {
        DownloadPlan plan = new DownloadPlan(table(1), List.of(HOSTED, PEER), SMALL);
        drain(plan, 0).forEach(lookUp -> answer(plan, (LookUp) lookUp, BlockRanges.first(1)));
        drain(plan, 0);
        drain(plan, SourceScore.FIRST_PATIENCE_NANOS + 20 * MILLI);

        plan.notFetched(0, 0, FetchMiss.FAILED);
        plan.runEnded(0, 0, null);
        assertThat(drain(plan, 3_000 * MILLI)).noneMatch(action -> action.equals(new FetchRun(2, 0, 1)));
        plan.notFetched(1, 0, FetchMiss.ABSENT);
        plan.runEnded(1, 0, null);

        assertThat(drain(plan, 3_000 * MILLI))
                .anyMatch(action -> action instanceof FetchRun run && run.fromOrdinal() == 0);
    }

    @Test
    void triesASourceAgainAfterAWhileInEveryDownload() {
        SourceScore shared = new SourceScore();
        PlanSource source = new PlanSource(DownloadSource.PEER, 4, () -> shared);
        Counts counts = new Counts();
        DownloadPlan first = new DownloadPlan(table(1), List.of(source), SMALL, counts);
        drain(first, 0).forEach(lookUp -> answer(first, (LookUp) lookUp, BlockRanges.first(10)));
        drain(first, 0);
        first.notFetched(0, 0, FetchMiss.BAD);
        first.notFetched(0, 1, FetchMiss.BAD);
        assertThat(counts.leftOut).isEqualTo(1);

        DownloadPlan second = new DownloadPlan(table(1), List.of(source), SMALL);
        assertThat(drain(second, 0)).allMatch(FetchRun.class::isInstance);
        DownloadPlan third = new DownloadPlan(table(1), List.of(source), SMALL);
        assertThat(drain(third, SourceScore.FIRST_PAUSE_NANOS)).containsExactly(new LookUp(0, 0, 0, 1));
        answer(third, new LookUp(0, 0, 0, 1), BlockRanges.first(10));

        assertThat(drain(third, SourceScore.FIRST_PAUSE_NANOS)).containsExactly(new Fetch(0, 0));
    }
}
