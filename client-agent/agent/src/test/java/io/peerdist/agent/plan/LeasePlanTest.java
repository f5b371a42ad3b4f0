// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.plan.DownloadPlan.PlanSource;
import io.peerdist.agent.plan.PlanAction.AskLease;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a plan does before it goes to the origin. */
class LeasePlanTest {
    private static final PlanSource HOSTED = new PlanSource(DownloadSource.HOSTED_CACHE, 4);
    private static final PlanSource PEER = new PlanSource(DownloadSource.PEER, 4);
    private static final PlanSettings SETTINGS =
            new PlanSettings(64, 16 << 20, Long.MAX_VALUE, 4, 8 << 20, 512, 256 << 20, 3);
    private static final long SECOND = 1_000_000_000L;
    private static final LeaseLimits LIMITS = new LeaseLimits(60 * SECOND, 15 * SECOND);
    private static final SegmentLease GRANTED = new SegmentLease(SegmentLease.State.GRANTED, 9_000);
    private static final SegmentLease WAIT = new SegmentLease(SegmentLease.State.WAIT, 250);

    private int inVain;
    private long now = Long.MAX_VALUE - 5 * SECOND; // runs over, as nanoTime may

    /** Version 2.0: segments of one block of 64 KiB. */
    private DownloadPlan version2(int segments, PlanSource... sources) {
        return plan(segments, 64 << 10, sources);
    }

    /** Version 1.0: segments of four blocks of 64 KiB. */
    private DownloadPlan version1(int segments, PlanSource... sources) {
        return plan(segments, 256 << 10, sources);
    }

    private DownloadPlan plan(int segments, int segmentBytes, PlanSource... sources) {
        return plan(PlanScope.ALL, segments, segmentBytes, sources);
    }

    private DownloadPlan plan(PlanScope scope, int segments, int segmentBytes, PlanSource... sources) {
        BlockTable table = new BlockTable(
                IntStream.range(0, segments).map(i -> segmentBytes).toArray(),
                IntStream.range(0, segments).map(i -> 64 << 10).toArray());
        DownloadPlan plan = new DownloadPlan(
                table,
                List.of(sources),
                SETTINGS,
                new PlanListener() {
                    @Override
                    public void waitedInVain() {
                        inVain++;
                    }
                },
                scope);
        plan.askForLeases(LIMITS);
        return plan;
    }

    private List<PlanAction> drain(DownloadPlan plan) {
        List<PlanAction> actions = new ArrayList<>();
        for (PlanAction action = plan.next(now); action != null; action = plan.next(now)) {
            actions.add(action);
        }
        return actions;
    }

    private static <T extends PlanAction> List<T> only(List<PlanAction> actions, Class<T> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static void answer(DownloadPlan plan, AskLease ask, SegmentLease lease) {
        plan.leased(ask.ask(), Collections.nCopies(ask.segments().size(), lease));
    }

    private static void answer(DownloadPlan plan, LookUp lookUp, BlockRanges held) {
        plan.lookedUp(
                lookUp.source(), lookUp.batch(), Collections.nCopies(lookUp.toSegment() - lookUp.fromSegment(), held));
    }

    /** Has the first look-ups, which find nothing, behind it. */
    private List<PlanAction> begin(DownloadPlan plan) {
        for (PlanAction action : drain(plan)) {
            if (action instanceof LookUp lookUp) {
                answer(plan, lookUp, BlockRanges.NONE);
            }
        }
        return drain(plan);
    }

    @Test
    void goesToTheOriginForWhatItIsGranted() {
        DownloadPlan plan = version2(3);
        AskLease ask = (AskLease) drain(plan).get(0);
        assertThat(ask.segments()).containsExactly(0, 1, 2);

        plan.leased(ask.ask(), List.of(GRANTED, WAIT, GRANTED));

        assertThat(drain(plan)).containsExactly(new FetchRun(0, 0, 1), new FetchRun(1, 2, 3));
    }

    @Test
    void asksForTwoPiecesOfFourMiBAndForMoreAsTheFirstArrive() {
        DownloadPlan plan = version2(1_000);

        List<AskLease> asks = only(drain(plan), AskLease.class);
        assertThat(asks).extracting(ask -> ask.segments().size()).containsExactly(64, 64);
        asks.forEach(ask -> answer(plan, ask, GRANTED));
        List<AskLease> more = only(drain(plan), AskLease.class);
        assertThat(more).hasSize(2);
        more.forEach(ask -> answer(plan, ask, GRANTED));
        assertThat(only(drain(plan), AskLease.class)).as("16 MiB are under way").isEmpty();

        IntStream.range(0, 64).forEach(ordinal -> plan.originVerified(0, ordinal));

        assertThat(only(drain(plan), AskLease.class)).hasSize(1);
    }

    @Test
    void asksForMoreAtOnceWhileEverythingIsOthersTurn() {
        DownloadPlan plan = version2(1_000);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            for (AskLease ask : only(drain(plan), AskLease.class)) {
                sizes.add(ask.segments().size());
                answer(plan, ask, WAIT);
            }
        }

        assertThat(sizes).startsWith(64, 64, 256);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_000);
    }

    @Test
    void asksAgainWhenItIsTimeAndNotBefore() {
        DownloadPlan plan = version2(2);
        answer(plan, (AskLease) drain(plan).get(0), WAIT);

        now += SECOND / 5;
        assertThat(drain(plan)).isEmpty();
        now += SECOND / 20;
        List<PlanAction> due = drain(plan);

        assertThat(due).singleElement().isInstanceOf(AskLease.class);
        assertThat(((AskLease) due.get(0)).segments()).containsExactly(0, 1);
        answer(plan, (AskLease) due.get(0), GRANTED);
        assertThat(drain(plan)).containsExactly(new FetchRun(0, 0, 2));
    }

    @Test
    void looksUpAgainWhatTheHostedCacheHolds() {
        DownloadPlan plan = version2(4, HOSTED, PEER);
        AskLease ask = only(begin(plan), AskLease.class).get(0);

        plan.leased(ask.ask(), List.of(WAIT, SegmentLease.IN_HOSTED_CACHE, GRANTED, SegmentLease.IN_HOSTED_CACHE));

        List<PlanAction> actions = drain(plan);
        LookUp lookUp = only(actions, LookUp.class).get(0);
        assertThat(only(actions, LookUp.class)).hasSize(1);
        assertThat(lookUp.source()).isZero();
        assertThat(lookUp.fromSegment()).isEqualTo(1);
        assertThat(lookUp.toSegment()).isEqualTo(4);
        answer(plan, lookUp, BlockRanges.first(1));
        assertThat(drain(plan)).containsExactly(new Fetch(0, 1), new Fetch(0, 3));
    }

    @Test
    void asksASourceAgainThatHadNotGotTheBlockBefore() {
        DownloadPlan plan = version2(1, HOSTED);
        answer(plan, (LookUp) drain(plan).get(0), BlockRanges.first(1));
        assertThat(drain(plan)).containsExactly(new Fetch(0, 0));
        plan.notFetched(0, 0, FetchMiss.ABSENT);

        answer(plan, (AskLease) drain(plan).get(0), SegmentLease.IN_HOSTED_CACHE);
        answer(plan, (LookUp) drain(plan).get(0), BlockRanges.first(1));

        assertThat(drain(plan)).containsExactly(new Fetch(0, 0));
    }

    @Test
    void looksUpPartsOfALongSegmentBeforeItAsksAgain() {
        DownloadPlan plan = version1(1, HOSTED);
        answer(plan, only(begin(plan), AskLease.class).get(0), WAIT);

        now += SECOND / 2;
        LookUp lookUp = (LookUp) drain(plan).get(0);
        answer(plan, lookUp, BlockRanges.first(3));

        List<PlanAction> actions = drain(plan);
        assertThat(only(actions, Fetch.class)).hasSize(3);
        assertThat(only(actions, AskLease.class)).as("for the fourth block").hasSize(1);
    }

    @Test
    void asksPeersOnceInAWhile() {
        DownloadPlan plan = version2(1, HOSTED, PEER);
        AskLease ask = only(begin(plan), AskLease.class).get(0);
        answer(plan, ask, WAIT);
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            now += SECOND / 4;
            for (PlanAction action : drain(plan)) {
                if (action instanceof LookUp lookUp) {
                    asked.add(lookUp.source());
                    answer(plan, lookUp, lookUp.source() == 1 ? BlockRanges.first(1) : BlockRanges.NONE);
                } else if (action instanceof AskLease again) {
                    answer(plan, again, WAIT);
                }
            }
        }

        assertThat(asked).containsExactly(0, 1);
    }

    @Test
    void goesToTheOriginWhenNobodyAnswers() {
        DownloadPlan plan = version2(2);

        plan.leased(((AskLease) drain(plan).get(0)).ask(), List.of());

        assertThat(drain(plan)).containsExactly(new FetchRun(0, 0, 2));
    }

    @Test
    void goesToTheOriginForEverythingWhenNothingComesForTooLong() {
        DownloadPlan plan = version2(1_000);
        long startNanos = now;
        List<FetchRun> runs = List.of();
        while (runs.isEmpty()) {
            List<PlanAction> actions = drain(plan);
            only(actions, AskLease.class).forEach(ask -> answer(plan, ask, WAIT));
            runs = only(actions, FetchRun.class);
            now += SECOND / 4;
        }

        assertThat(now - startNanos).isBetween(60 * SECOND, 61 * SECOND);
        assertThat(runs).hasSize(4);
        assertThat(inVain).isEqualTo(1);
        IntStream.range(0, 512).forEach(ordinal -> plan.originVerified(0, ordinal));
        assertThat(only(drain(plan), AskLease.class)).isEmpty();
    }

    @Test
    void waitsLongerWhileOtherBlocksComeButNotForEver() {
        DownloadPlan plan = version2(1_000);
        long startNanos = now;
        List<FetchRun> runs = List.of();
        for (int ordinal = 1; runs.isEmpty(); ordinal++) {
            plan.time(now);
            plan.originVerified(9, ordinal);
            List<PlanAction> actions = drain(plan);
            only(actions, AskLease.class).forEach(ask -> answer(plan, ask, WAIT));
            runs = only(actions, FetchRun.class);
            now += SECOND;
        }

        assertThat(now - startNanos).isBetween(230 * SECOND, 250 * SECOND);
    }

    @Test
    void givesUpOnACacheThatDoesNotDeliverWhatItSaysItHolds() {
        DownloadPlan plan = version2(1, HOSTED);
        AskLease first = only(begin(plan), AskLease.class).get(0);
        answer(plan, first, SegmentLease.IN_HOSTED_CACHE);
        long startNanos = now;
        int lookUps = 0;
        List<FetchRun> runs = List.of();
        while (runs.isEmpty()) {
            for (PlanAction action : drain(plan)) {
                if (action instanceof LookUp lookUp) {
                    lookUps++;
                    answer(plan, lookUp, BlockRanges.NONE);
                } else if (action instanceof AskLease ask) {
                    answer(plan, ask, SegmentLease.IN_HOSTED_CACHE);
                } else if (action instanceof FetchRun run) {
                    runs = List.of(run);
                }
            }
            now += SECOND / 10;
        }

        assertThat(now - startNanos).isBetween(15 * SECOND, 16 * SECOND);
        assertThat(lookUps).isBetween(5, 20);
        assertThat(inVain).isEqualTo(1);
    }

    @Test
    void prolongsLeasesOfWhatIsNotCompleteYet() {
        DownloadPlan plan = version2(2);
        answer(plan, (AskLease) drain(plan).get(0), GRANTED);
        drain(plan);
        plan.originVerified(0, 0);

        now += 3 * SECOND;
        AskLease renewal = (AskLease) drain(plan).get(0);

        assertThat(renewal.segments()).containsExactly(1);
        answer(plan, renewal, WAIT);
        assertThat(drain(plan)).as("what is fetched already goes on").isEmpty();
        now += 60 * SECOND;
        assertThat(drain(plan)).isEmpty();
    }

    @Test
    void asksNobodyAnyMoreWhenTheOriginSendsTheWholeFile() {
        DownloadPlan plan = version2(1_000);
        AskLease ask = only(drain(plan), AskLease.class).get(0);
        answer(plan, ask, GRANTED);
        drain(plan);

        plan.rangesIgnored();

        assertThat(only(drain(plan), AskLease.class)).isEmpty();
    }

    @Test
    void asksForNothingThatIsThereMeanwhile() {
        DownloadPlan plan = version2(2);
        answer(plan, (AskLease) drain(plan).get(0), WAIT);
        plan.originVerified(7, 1);

        now += SECOND;

        assertThat(((AskLease) drain(plan).get(0)).segments()).containsExactly(0);
    }

    @Test
    void asksForNoLeaseOfWhatAProgramMayLeaveHalfTaken() {
        PlanScope scope = new PlanScope(0, Long.MAX_VALUE, () -> Long.MAX_VALUE - 1);

        List<PlanAction> actions = begin(plan(scope, 4, 256 << 10, HOSTED));

        assertThat(only(actions, AskLease.class)).isEmpty();
        assertThat(only(actions, FetchRun.class)).isNotEmpty();
    }

    @Test
    void asksForLeasesOfTheSegmentsThatARangeTakesWhole() {
        PlanScope scope = new PlanScope(1, 3 * (64 << 10) + 1, () -> Long.MAX_VALUE - 1);

        List<PlanAction> actions = begin(plan(scope, 5, 64 << 10, HOSTED));

        assertThat(only(actions, AskLease.class))
                .singleElement()
                .satisfies(ask -> assertThat(ask.segments()).containsExactly(1, 2));
    }
}
