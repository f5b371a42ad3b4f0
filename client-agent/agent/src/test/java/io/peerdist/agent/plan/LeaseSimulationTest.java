// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.plan.DownloadPlan.PlanSource;
import io.peerdist.agent.plan.PlanAction.AskLease;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** A branch of many clients with one hosted cache in simulated time: who dies, what is lost and who lies follows from the seed. */
class LeaseSimulationTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long TIME_TO_LIVE = 10 * SECOND;
    private static final LeaseLimits LIMITS = new LeaseLimits(60 * SECOND, 15 * SECOND);
    private static final PlanSettings SETTINGS =
            new PlanSettings(64, 16 << 20, Long.MAX_VALUE, 4, 8 << 20, 512, 256 << 20, 3);

    private record Event(long nanos, long number, Runnable what) {}

    private record Lease(int client, long endNanos) {}

    /** What may go wrong. */
    private record Trouble(int deaths, int lostPercent, boolean cacheLies, int hoarders) {}

    private static final class Branch {
        final Gen gen;
        final Trouble trouble;
        final BlockTable table;
        final List<Client> clients = new ArrayList<>();
        final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
        final Map<Integer, Lease> leases = new HashMap<>();
        final BitSet held = new BitSet();
        final int[] originBlocks;
        long nowNanos;
        long number;

        Branch(Gen gen, Trouble trouble) {
            this.gen = gen;
            this.trouble = trouble;
            int segments = gen.intBetween(1, 150);
            int blocksPerSegment = gen.oneOf(1, 1, 8);
            this.table = new BlockTable(
                    IntStream.range(0, segments)
                            .map(i -> blocksPerSegment * (64 << 10))
                            .toArray(),
                    IntStream.range(0, segments).map(i -> 64 << 10).toArray());
            this.originBlocks = new int[table.blockCount()];
            for (int i = gen.intBetween(2, 12); i > 0; i--) {
                clients.add(new Client(this, clients.size()));
            }
            for (int i = 0; i < trouble.hoarders(); i++) {
                int hoarder = -1 - i;
                at(0, () -> hoard(hoarder));
            }
            for (int i = 0; i < Math.min(trouble.deaths(), clients.size() - 1); i++) {
                Client victim = clients.get(i);
                at(gen.longBetween(0, 3 * SECOND), () -> victim.dead = true);
            }
        }

        /** Takes every lease that it can get, prolongs it for ever and fetches nothing. */
        void hoard(int hoarder) {
            for (int segment = 0; segment < table.segmentCount(); segment++) {
                ask(hoarder, segment);
            }
            at(SECOND, () -> hoard(hoarder));
        }

        void at(long inNanos, Runnable what) {
            events.add(new Event(nowNanos + inNanos, number++, what));
        }

        SegmentLease ask(int client, int segment) {
            if (held.get(segment) || trouble.cacheLies()) {
                return SegmentLease.IN_HOSTED_CACHE;
            }
            Lease lease = leases.get(segment);
            if (lease != null && lease.client() != client && nowNanos < lease.endNanos()) {
                return new SegmentLease(SegmentLease.State.WAIT, 250);
            }
            leases.put(segment, new Lease(client, nowNanos + TIME_TO_LIVE));
            return new SegmentLease(SegmentLease.State.GRANTED, (int) (TIME_TO_LIVE / MILLI));
        }

        boolean isLost() {
            return gen.intBetween(0, 99) < trouble.lostPercent();
        }

        /** Runs until all who live are complete; returns when that was. */
        long run(long limitNanos) {
            for (Client client : clients) {
                at(gen.longBetween(0, SECOND / 2), client::tick);
            }
            while (clients.stream().anyMatch(client -> !client.dead && !client.plan.isComplete())) {
                Event event = events.remove();
                nowNanos = event.nanos();
                assertThat(nowNanos).as("simulated time").isLessThan(limitNanos);
                event.what().run();
            }
            return nowNanos;
        }
    }

    private static final class Client {
        final Branch branch;
        final int number;
        final DownloadPlan plan;
        boolean dead;

        Client(Branch branch, int number) {
            this.branch = branch;
            this.number = number;
            this.plan =
                    new DownloadPlan(branch.table, List.of(new PlanSource(DownloadSource.HOSTED_CACHE, 16)), SETTINGS);
            plan.askForLeases(LIMITS);
        }

        void tick() {
            pump();
            if (!dead && !plan.isComplete()) {
                branch.at(100 * MILLI, this::tick);
            }
        }

        void pump() {
            if (dead) {
                return;
            }
            for (PlanAction action = plan.next(branch.nowNanos); action != null; action = plan.next(branch.nowNanos)) {
                PlanAction taken = action;
                branch.at(branch.gen.longBetween(MILLI, 20 * MILLI), () -> {
                    plan.time(branch.nowNanos);
                    carryOut(taken);
                    pump();
                });
            }
        }

        void carryOut(PlanAction action) {
            if (dead) {
                return;
            }
            if (action instanceof LookUp lookUp) {
                plan.lookedUp(
                        lookUp.source(),
                        lookUp.batch(),
                        IntStream.range(lookUp.fromSegment(), lookUp.toSegment())
                                .mapToObj(this::heldOf)
                                .toList());
            } else if (action instanceof Fetch fetch) {
                int segment = branch.table.segmentOf(fetch.ordinal());
                if (branch.isLost() || !branch.held.get(segment)) {
                    plan.notFetched(
                            fetch.source(),
                            fetch.ordinal(),
                            branch.held.get(segment) ? FetchMiss.FAILED : FetchMiss.ABSENT);
                } else {
                    plan.verified(fetch.source(), fetch.ordinal());
                }
            } else if (action instanceof AskLease ask) {
                plan.leased(
                        ask.ask(),
                        branch.isLost()
                                ? List.of()
                                : ask.segments().stream()
                                        .map(segment -> branch.ask(number, segment))
                                        .toList());
            } else if (action instanceof FetchRun run) {
                fetch(run, run.fromOrdinal());
            }
        }

        BlockRanges heldOf(int segment) {
            return branch.held.get(segment)
                    ? BlockRanges.first(branch.table.firstOrdinal(segment + 1) - branch.table.firstOrdinal(segment))
                    : BlockRanges.NONE;
        }

        /** A block of the run arrives every few milliseconds. */
        void fetch(FetchRun run, int ordinal) {
            if (dead) {
                return;
            }
            plan.time(branch.nowNanos);
            if (ordinal == run.toOrdinal()) {
                plan.runEnded(run.run(), branch.nowNanos, null);
                pump();
                return;
            }
            if (!plan.verifiedBlocks().contains(ordinal)) {
                branch.originBlocks[ordinal]++;
                plan.originVerified(run.run(), ordinal);
                offer(branch.table.segmentOf(ordinal));
            }
            pump();
            branch.at(branch.gen.longBetween(MILLI, 5 * MILLI), () -> fetch(run, ordinal + 1));
        }

        /** The cache has a complete segment shortly after, unless this client dies before. */
        void offer(int segment) {
            boolean complete = IntStream.range(
                            branch.table.firstOrdinal(segment), branch.table.firstOrdinal(segment + 1))
                    .allMatch(plan.verifiedBlocks()::contains);
            if (complete) {
                branch.at(30 * MILLI, () -> {
                    if (!dead) {
                        branch.held.set(segment);
                    }
                });
            }
        }
    }

    @RandomizedTest(tries = 50)
    void fetchesEachBlockFromTheOriginOnceWhenNothingGoesWrong(Gen gen) {
        Branch branch = new Branch(gen, new Trouble(0, 0, false, 0));

        branch.run(60 * SECOND);

        assertThat(branch.originBlocks).containsOnly(1);
    }

    @RandomizedTest(tries = 50)
    void completesWhateverDiesOrIsLost(Gen gen) {
        Branch branch = new Branch(gen, new Trouble(gen.intBetween(0, 6), gen.intBetween(0, 20), false, 0));

        branch.run(200 * SECOND);
    }

    @RandomizedTest(tries = 20)
    void fetchesLittleTwiceWhenHoldersDie(Gen gen) {
        Branch branch = new Branch(gen, new Trouble(2, 0, false, 0));

        branch.run(120 * SECOND);

        assertThat(IntStream.of(branch.originBlocks).max().orElse(0))
                .as("once for each who died, and once more")
                .isLessThanOrEqualTo(3);
    }

    @RandomizedTest(tries = 5)
    void completesThoughSomebodyHoldsEveryLeaseForEver(Gen gen) {
        Branch branch = new Branch(gen, new Trouble(0, 0, false, 1));

        branch.run(LIMITS.maxWaitNanos() + 10 * SECOND);
    }

    @RandomizedTest(tries = 20)
    void completesThoughTheCacheSaysThatItHoldsEverything(Gen gen) {
        Branch branch = new Branch(gen, new Trouble(0, 0, true, 0));

        branch.run(LIMITS.maxHeldNanos() + 10 * SECOND);
    }
}
