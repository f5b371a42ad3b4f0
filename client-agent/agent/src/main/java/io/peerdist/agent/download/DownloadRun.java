// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.download.Intake.Arrival;
import io.peerdist.agent.download.Intake.Outcome;
import io.peerdist.agent.lease.LeaseDesk;
import io.peerdist.agent.plan.DownloadPlan;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.FetchMiss;
import io.peerdist.agent.plan.PlanAction;
import io.peerdist.agent.plan.PlanAction.AskLease;
import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.agent.plan.PlanFailure;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes a {@link DownloadPlan}: the calling thread alone talks to the plan; sources and workers report back through a
 * queue. For one use.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is ignored has reported its outcome, good or bad, already
final class DownloadRun implements OriginFetcher.Listener {
    private static final Logger LOGGER = LoggerFactory.getLogger(DownloadRun.class);

    private static final long TICK_NANOS = 100_000_000L;
    private static final long STOP_NANOS = 5_000_000_000L;

    private final ContentMap content;
    private final List<BlockSource> sources;
    private final DownloadPlan plan;
    private final Intake intake;
    private final OriginFetcher origin;
    private final SegmentProgress segments;
    private final Executor workers;
    private final Executor originThreads;
    private final LongSupplier nanoTime;
    private final Runnable ticker;
    private final LeaseDesk.@Nullable Session leases;
    private final Reports reports = new Reports();
    private long tickedNanos;
    private int lookUps;
    private volatile boolean abandoned;
    private @Nullable RunEnd end;
    private @Nullable IOException outputFailure;

    /** @param ticker called by the running thread several times a second */
    DownloadRun(
            ContentMap content,
            List<BlockSource> sources,
            DownloadPlan plan,
            BlockSink sink,
            OriginFetcher origin,
            SegmentProgress segments,
            RunContext context,
            Runnable ticker) {
        this.content = content;
        this.sources = List.copyOf(sources);
        this.plan = plan;
        this.origin = origin;
        this.segments = segments;
        this.workers = context.workers();
        this.intake = new Intake(content, sink, workers, outcomes -> report(() -> outcomes.forEach(this::fetched)));
        this.originThreads = context.originThreads();
        this.nanoTime = context.nanoTime();
        this.ticker = ticker;
        this.tickedNanos = nanoTime.getAsLong();
        this.leases = context.leases().open().orElse(null);
        if (leases != null) {
            plan.askForLeases(leases.limits());
        }
    }

    /**
     * Runs until the file is complete or cannot be completed.
     *
     * @throws IOException when the output cannot be written
     */
    RunEnd run() throws IOException {
        try {
            while (!plan.isComplete() && end == null && outputFailure == null && !abandoned) {
                startAll();
                fail(plan.failure());
                handleReports(TICK_NANOS);
                tick();
            }
        } finally {
            if (leases != null) {
                leases.close();
            }
            stop();
        }
        if (outputFailure != null) {
            throw outputFailure;
        }
        if (end != null) {
            return end;
        }
        return plan.isComplete() ? new RunEnd.Complete() : new RunEnd.Abandoned();
    }

    /** Not for every block: who looks at it does so ten times a second. */
    private void tick() {
        long now = nanoTime.getAsLong();
        if (now - tickedNanos >= TICK_NANOS) {
            tickedNanos = now;
            ticker.run();
        }
    }

    private void startAll() {
        for (PlanAction action = plan.next(nanoTime.getAsLong());
                action != null;
                action = plan.next(nanoTime.getAsLong())) {
            if (action instanceof LookUp lookUp) {
                start(lookUp);
            } else if (action instanceof Fetch fetch) {
                start(fetch);
            } else if (action instanceof FetchRun run) {
                start(run);
            } else if (action instanceof AskLease ask && leases != null) {
                start(ask, leases);
            }
        }
    }

    private void fail(@Nullable PlanFailure failure) {
        if (failure instanceof PlanFailure.OriginCorrupt corrupt) {
            end = new RunEnd.Corrupt(content.blocks().offset(corrupt.ordinal()));
        } else if (failure instanceof PlanFailure.OriginUnreachable unreachable) {
            end = new RunEnd.Unreachable(unreachable.problem());
        }
    }

    private void handleReports(long waitNanos) throws InterruptedIOException {
        try {
            reports.run(() -> plan.time(nanoTime.getAsLong()), waitNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void start(LookUp lookUp) {
        BlockSource source = sources.get(lookUp.source());
        List<SegmentDescription> asked = content.segments().subList(lookUp.fromSegment(), lookUp.toSegment());
        lookUps++;
        attempt(() -> source.lookUp(asked))
                .whenComplete((holdings, failure) -> report(() -> {
                    lookUps--;
                    BlockSource.Holdings known =
                            failure == null ? holdings : BlockSource.Holdings.everything(asked, true);
                    if (known.failed()) {
                        plan.sourceFailed(lookUp.source());
                    }
                    plan.lookedUp(lookUp.source(), lookUp.batch(), known.held());
                }));
    }

    private void start(AskLease ask, LeaseDesk.Session desk) {
        List<SegmentDescription> asked =
                ask.segments().stream().map(content.segments()::get).toList();
        attempt(() -> desk.ask(asked))
                .whenComplete((answers, failure) ->
                        report(() -> plan.leased(ask.ask(), failure == null ? answers : List.of())));
    }

    private void verified(int ordinal, DownloadSource source) {
        if (segments.verified(ordinal, source) && leases != null) {
            leases.completed(content.segmentOf(ordinal));
        }
    }

    private void start(Fetch fetch) {
        BlockSource source = sources.get(fetch.source());
        SegmentDescription segment = content.segmentOf(fetch.ordinal());
        int index = content.blocks().blockIndex(fetch.ordinal());
        if (source.kind().isNear()) {
            reports.expect();
            attempt(() -> source.fetch(
                            segment, index, block -> intake.takeNow(new Arrival(fetch, source, block)), workers))
                    .whenComplete((taken, failure) -> reports.gather(
                            () -> fetched(failure == null ? taken : new Outcome(fetch, source, null, failure))));
        } else {
            attempt(() -> source.fetch(segment, index)).whenComplete((block, failure) -> {
                if (failure != null || block instanceof FetchedBlock.Absent) {
                    report(() -> fetched(new Outcome(fetch, source, null, failure)));
                } else {
                    intake.add(new Arrival(fetch, source, block));
                }
            });
        }
    }

    private void fetched(Outcome outcome) {
        Fetch fetch = outcome.fetch();
        BlockSink.Result result = outcome.result();
        if (result == BlockSink.Result.WRITTEN) {
            if (plan.verified(fetch.source(), fetch.ordinal())) {
                verified(fetch.ordinal(), outcome.source().kind());
            }
        } else if (result == BlockSink.Result.DUPLICATE) {
            plan.duplicate(fetch.source(), fetch.ordinal());
        } else if (result == BlockSink.Result.BAD) {
            plan.notFetched(fetch.source(), fetch.ordinal(), FetchMiss.BAD);
        } else if (outcome.failure() != null) {
            failed(outcome.failure());
            plan.notFetched(fetch.source(), fetch.ordinal(), FetchMiss.FAILED);
        } else {
            plan.notFetched(fetch.source(), fetch.ordinal(), FetchMiss.ABSENT);
        }
    }

    private void failed(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof UncheckedIOException output) {
            outputFailure = output.getCause();
        } else {
            LOGGER.debug("a block could not be fetched", cause);
        }
    }

    private void start(FetchRun run) {
        CompletableFuture<OriginFetcher.End> fetched =
                attempt(() -> CompletableFuture.supplyAsync(() -> origin.fetch(run, this), originThreads));
        fetched.whenComplete((ended, failure) -> report(() -> runEnded(run, ended, failure)));
    }

    private void runEnded(FetchRun run, OriginFetcher.@Nullable End ended, @Nullable Throwable failure) {
        String problem = null;
        if (ended instanceof OriginFetcher.End.Broken broken) {
            problem = broken.problem();
        } else if (ended instanceof OriginFetcher.End.Changed changed) {
            end = new RunEnd.Changed(changed.sign());
        } else if (ended instanceof OriginFetcher.End.NoRanges) {
            end = new RunEnd.Unreachable("the server sends the whole file instead of parts of it");
        } else if (ended instanceof OriginFetcher.End.Refused refused) {
            end = new RunEnd.Unreachable("the server answered " + refused.status());
        } else if (failure != null) {
            failed(failure);
            problem = String.valueOf(failure.getMessage());
        }
        plan.runEnded(run.run(), nanoTime.getAsLong(), problem);
    }

    @Override
    public void arrived(int run, int ordinal, BlockSink.Result result) {
        report(() -> {
            if (result == BlockSink.Result.BAD) {
                plan.originBad(ordinal);
            } else if (result == BlockSink.Result.DUPLICATE) {
                plan.originDuplicate(run);
            } else if (plan.originVerified(run, ordinal)) {
                verified(ordinal, DownloadSource.ORIGIN);
            }
        });
    }

    @Override
    public void rangesIgnored() {
        report(plan::rangesIgnored);
    }

    /** There may be more to ask for now. For any thread; never blocks. */
    void wake() {
        reports.wake();
    }

    /** Nobody wants the rest. For any thread; never blocks. */
    void abandon() {
        abandoned = true;
        wake();
    }

    private void report(Runnable report) {
        reports.tell(report);
    }

    private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> start) {
        try {
            return start.get();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits until nothing writes to the output any more; when every block is written, nothing does. */
    private void stop() throws InterruptedIOException {
        origin.abort();
        if (plan.isComplete()) {
            plan.time(nanoTime.getAsLong());
            plan.abandon();
            return;
        }
        long deadlineNanos = nanoTime.getAsLong() + STOP_NANOS;
        while ((plan.inFlight() > 0 || lookUps > 0) && deadlineNanos - nanoTime.getAsLong() > 0) {
            handleReports(TICK_NANOS);
        }
    }
}
