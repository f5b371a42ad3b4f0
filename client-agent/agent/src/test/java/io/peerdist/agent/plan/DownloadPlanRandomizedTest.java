// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.plan.DownloadPlan.PlanSource;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Runs a plan against sources that lie, fail and damage blocks in an order that the seed decides. Whatever they do, every
 * block arrives, limits are kept, and no source is asked twice for a block that it did not deliver.
 */
class DownloadPlanRandomizedTest {
    private static final PlanSettings SETTINGS = new PlanSettings(16, 5_000, Long.MAX_VALUE, 3, 1_500, 4, 8_000, 3);
    private static final int MAX_STEPS = 1_000_000;

    /** The plan's counterpart: carries actions out in random order. */
    private static final class Simulation {
        final Gen gen;
        final BlockTable table;
        final List<PlanSource> sources;
        final DownloadPlan plan;
        final List<PlanAction> open = new ArrayList<>();
        final Map<Integer, BitSet> asked = new HashMap<>();
        final BitSet written = new BitSet();
        /** All of the file, or a part behind a limit that follows what was written in order. */
        final PlanScope scope;

        final int firstWanted;
        final int endWanted;
        long limitOffset;
        final boolean rangesIgnored;
        final int[] badPercent;
        long nowNanos;
        int hedges;
        int fetched;
        int fetches;
        long fetchBytes;
        int runs;

        Simulation(Gen gen) {
            this.gen = gen;
            int segments = 1 + gen.lengthUpTo(60);
            boolean one = gen.bool();
            int[] segmentBytes = gen.random().ints(segments, 1, 2_000).toArray();
            int[] blockBytes = one
                    ? segmentBytes
                    : IntStream.range(0, segments).map(i -> 128).toArray();
            this.table = new BlockTable(segmentBytes, blockBytes);
            this.sources = new ArrayList<>();
            if (gen.bool()) {
                sources.add(new PlanSource(DownloadSource.PARTIAL_FILE, 3));
            }
            if (gen.bool()) {
                sources.add(new PlanSource(DownloadSource.LOCAL_CACHE, 5));
            }
            for (int i = gen.intBetween(0, 3); i > 0; i--) {
                sources.add(new PlanSource(DownloadSource.HOSTED_CACHE, 4));
            }
            for (int i = gen.intBetween(0, 20); i > 0; i--) {
                SourceScore score = new SourceScore();
                sources.add(new PlanSource(DownloadSource.PEER, 4, () -> score));
            }
            this.badPercent = IntStream.range(0, sources.size())
                    .map(i -> gen.oneOf(0, 30, 100))
                    .toArray();
            this.rangesIgnored = gen.intBetween(0, 3) == 0;
            this.scope = gen.bool() ? PlanScope.ALL : part(gen);
            this.firstWanted = scope.firstOrdinal(table);
            this.endWanted = scope.endOrdinal(table);
            this.plan = new DownloadPlan(
                    table,
                    sources,
                    SETTINGS,
                    new PlanListener() {
                        @Override
                        public void hedged() {
                            hedges++;
                        }
                    },
                    scope);
        }

        private PlanScope part(Gen gen) {
            long from = gen.longBetween(0, table.fileBytes() - 1);
            long end = gen.longBetween(from + 1, table.fileBytes());
            limitOffset = from + gen.longBetween(1, 4_000);
            return new PlanScope(from, end, () -> limitOffset);
        }

        /** Who takes the blocks in order has taken some more. */
        private void moveLimit() {
            int next = written.nextClearBit(firstWanted);
            long taken = table.offset(Math.min(next, endWanted));
            limitOffset = Math.max(limitOffset, taken + gen.longBetween(1, 4_000));
        }

        void run() {
            for (int step = 0; !plan.isComplete(); step++) {
                assertThat(step).as("steps").isLessThan(MAX_STEPS);
                moveLimit();
                takeActions();
                assertThat(plan.failure()).isNull();
                if (open.isEmpty()) {
                    nowNanos += 1_000_000_000;
                } else {
                    // Some answer at once and some take seconds.
                    nowNanos += gen.longBetween(0, 200_000_000);
                    plan.time(nowNanos);
                    carryOut(open.remove(gen.intBetween(0, open.size() - 1)));
                }
            }
        }

        void takeActions() {
            for (PlanAction action = plan.next(nowNanos); action != null; action = plan.next(nowNanos)) {
                open.add(action);
                assertWanted(action);
                if (action instanceof Fetch fetch) {
                    fetches++;
                    fetched++;
                    fetchBytes += table.length(fetch.ordinal());
                    BitSet before = asked.computeIfAbsent(fetch.source(), key -> new BitSet());
                    assertThat(before.get(fetch.ordinal())).as("asked before").isFalse();
                    before.set(fetch.ordinal());
                } else if (action instanceof FetchRun run) {
                    runs++;
                    long bytes = table.offset(run.toOrdinal()) - table.offset(run.fromOrdinal());
                    boolean oneBlock = run.toOrdinal() == run.fromOrdinal() + 1;
                    assertThat(rangesIgnored || oneBlock || bytes <= SETTINGS.originRunBytes())
                            .isTrue();
                }
                assertThat(fetches).isLessThanOrEqualTo(SETTINGS.windowBlocks() + Hedging.MAX_IN_FLIGHT);
                assertThat(fetches <= 1 || fetchBytes <= SETTINGS.windowBytes() + Hedging.MAX_IN_FLIGHT * 2_000)
                        .isTrue();
                assertThat(hedges).isLessThanOrEqualTo(Hedging.FREE + 1 + fetched / Hedging.SHARE);
                assertThat(runs).isLessThanOrEqualTo(SETTINGS.originRequests());
            }
        }

        private void assertWanted(PlanAction action) {
            if (action instanceof LookUp lookUp) {
                assertThat(table.firstOrdinal(lookUp.toSegment())).isGreaterThan(firstWanted);
                assertThat(table.firstOrdinal(lookUp.fromSegment())).isLessThan(endWanted);
            } else if (action instanceof Fetch fetch) {
                assertThat(fetch.ordinal()).isBetween(firstWanted, endWanted - 1);
                assertThat(table.offset(fetch.ordinal()))
                        .isLessThan(scope.limitOffset().getAsLong());
            } else if (action instanceof FetchRun run && !rangesIgnored) {
                assertThat(run.fromOrdinal()).isGreaterThanOrEqualTo(firstWanted);
                assertThat(run.toOrdinal()).isLessThanOrEqualTo(endWanted);
                assertThat(table.offset(run.toOrdinal() - 1))
                        .isLessThan(scope.limitOffset().getAsLong());
            }
        }

        void carryOut(PlanAction action) {
            if (action instanceof LookUp lookUp) {
                carryOut(lookUp);
            } else if (action instanceof Fetch fetch) {
                carryOut(fetch);
            } else if (action instanceof FetchRun run) {
                carryOut(run);
            }
        }

        void carryOut(LookUp lookUp) {
            List<BlockRanges> held = new ArrayList<>();
            for (int segment = lookUp.fromSegment(); segment < lookUp.toSegment(); segment++) {
                int blocks = table.firstOrdinal(segment + 1) - table.firstOrdinal(segment);
                BitSet some = new BitSet();
                IntStream.range(0, blocks)
                        .filter(block -> gen.intBetween(0, 2) > 0)
                        .forEach(some::set);
                held.add(BlockRanges.copyOf(some));
            }
            if (gen.intBetween(0, 9) == 0) {
                plan.sourceFailed(lookUp.source());
            }
            plan.lookedUp(lookUp.source(), lookUp.batch(), held);
        }

        void carryOut(Fetch fetch) {
            fetches--;
            fetchBytes -= table.length(fetch.ordinal());
            if (gen.intBetween(0, 99) < badPercent[fetch.source()]) {
                plan.notFetched(
                        fetch.source(), fetch.ordinal(), gen.oneOf(FetchMiss.ABSENT, FetchMiss.BAD, FetchMiss.FAILED));
            } else if (written.get(fetch.ordinal())) {
                plan.duplicate(fetch.source(), fetch.ordinal());
            } else {
                write(fetch.ordinal(), plan.verified(fetch.source(), fetch.ordinal()));
            }
        }

        void carryOut(FetchRun run) {
            runs--;
            int from = run.fromOrdinal();
            int to = run.toOrdinal();
            if (rangesIgnored) {
                plan.rangesIgnored();
                from = 0;
                to = table.blockCount();
            }
            // At least one block arrives that was missing, as an origin without progress is given up in the end.
            int missing = from;
            while (missing < to - 1 && plan.verifiedBlocks().contains(missing)) {
                missing++;
            }
            int end = gen.bool() ? to : gen.intBetween(missing + 1, to);
            for (int ordinal = from; ordinal < end; ordinal++) {
                if (!plan.verifiedBlocks().contains(ordinal)) {
                    write(ordinal, plan.originVerified(run.run(), ordinal));
                }
            }
            plan.runEnded(run.run(), nowNanos, end < to ? "broken off" : null);
        }

        void write(int ordinal, boolean first) {
            assertThat(first).as("first delivery of " + ordinal).isEqualTo(!written.get(ordinal));
            written.set(ordinal);
        }
    }

    @RandomizedTest(tries = 1000)
    void bringsEveryBlockWithinItsLimits(Gen gen) {
        Simulation simulation = new Simulation(gen);

        simulation.run();

        assertThat(simulation.written.cardinality()).isEqualTo(simulation.endWanted - simulation.firstWanted);
        assertThat(simulation.written.nextSetBit(0)).isEqualTo(simulation.firstWanted);
    }
}
