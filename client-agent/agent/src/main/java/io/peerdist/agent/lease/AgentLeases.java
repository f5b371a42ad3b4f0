// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.plan.LeaseLimits;
import io.peerdist.agent.plan.SegmentLease;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Asks the other downloads of an agent first, then a hosted cache for the other machines of the branch. Thread-safe. */
public final class AgentLeases implements LeaseDesk {
    private static final double MOST_PATIENT = 0.5;
    private static final int HELD_SHARE = 4;

    private final LeaseSettings settings;
    private final LocalLeases local = new LocalLeases();
    private final HostedLeases hosted;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final LeaseMetrics metrics;

    /**
     * Leases of an agent that keeps what it fetches.
     *
     * @param hostedCaches to ask, in order; those to which the agent offers what it fetches
     * @param random makes the number that tells this agent from others, and spreads how patient downloads are
     */
    public AgentLeases(
            LeaseSettings settings,
            List<InetSocketAddress> hostedCaches,
            RandomGenerator random,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.settings = settings;
        this.random = random;
        this.nanoTime = nanoTime;
        this.metrics = new LeaseMetrics(registry);
        this.hosted = new HostedLeases(
                hostedCaches, random.nextLong(), new LeaseClient(settings.answerLimit()), nanoTime, metrics);
    }

    /** Whether other machines may wait for what this agent fetches, so that it is to be offered at once. */
    public boolean othersMayWait() {
        return hosted.areKept();
    }

    @Override
    public Optional<Session> open() {
        return settings.enabled() ? Optional.of(new DownloadSession()) : Optional.empty();
    }

    private final class DownloadSession implements Session {
        private final LeaseLimits limits;
        /** What this download is to fetch and has not got. */
        private final Set<SegmentId> granted = ConcurrentHashMap.newKeySet();

        DownloadSession() {
            long maxWaitNanos = settings.maxWait().toNanos();
            long patientNanos = maxWaitNanos + (long) (random.nextDouble() * MOST_PATIENT * maxWaitNanos);
            limits = new LeaseLimits(patientNanos, patientNanos / HELD_SHARE);
        }

        @Override
        public LeaseLimits limits() {
            return limits;
        }

        @Override
        public CompletableFuture<List<SegmentLease>> ask(List<SegmentDescription> segments) {
            long now = nanoTime.getAsLong();
            List<SegmentLease> answers = new ArrayList<>(segments.size());
            List<SegmentId> ours = new ArrayList<>();
            for (SegmentDescription segment : segments) {
                SegmentLease answer = local.ask(this, segment.id(), now);
                answers.add(answer);
                if (answer.state() == SegmentLease.State.GRANTED) {
                    ours.add(segment.id());
                }
            }
            CompletableFuture<List<SegmentLease>> others =
                    ours.isEmpty() ? CompletableFuture.completedFuture(List.of()) : hosted.ask(ours);
            return others.thenApply(hostedAnswers -> joined(segments, answers, hostedAnswers));
        }

        /** What the hosted cache says counts for segments that no other download of this agent fetches. */
        private List<SegmentLease> joined(
                List<SegmentDescription> segments, List<SegmentLease> localAnswers, List<SegmentLease> hostedAnswers) {
            List<SegmentLease> answers = new ArrayList<>(localAnswers);
            int next = 0;
            for (int i = 0; i < answers.size(); i++) {
                if (localAnswers.get(i).state() == SegmentLease.State.GRANTED) {
                    SegmentLease hostedAnswer = hostedAnswers.get(next++);
                    if (hostedAnswer.state() != SegmentLease.State.GRANTED) {
                        answers.set(i, hostedAnswer);
                    } else {
                        granted.add(segments.get(i).id());
                        // The shorter time of both, so that neither runs out.
                        boolean shorter = hostedAnswer.millis() > 0
                                && hostedAnswer.millis() < answers.get(i).millis();
                        answers.set(i, shorter ? hostedAnswer : answers.get(i));
                    }
                }
            }
            answers.forEach(metrics::answered);
            return answers;
        }

        @Override
        public void completed(SegmentDescription segment) {
            granted.remove(segment.id());
            local.completed(this, segment.id(), nanoTime.getAsLong());
        }

        @Override
        public void close() {
            local.ended(this);
            if (!granted.isEmpty()) {
                hosted.release(granted);
                granted.clear();
            }
        }
    }
}
