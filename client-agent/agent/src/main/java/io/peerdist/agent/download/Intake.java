// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache.ReceivedBlock;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that other machines have delivered, on their way through the workers. A worker takes several at a time: it verifies
 * and writes one after the other, has them kept together and tells of them together, as to wake a thread, to lock the cache and
 * to enter a block in its catalogue each take as long as to decrypt one. Holds no more than the plan has in flight. Thread-safe.
 */
final class Intake {
    /** At most so many are kept and told of together; what was verified first waits for the last. */
    static final int BATCH_BLOCKS = 4;

    /** Another worker is called when so many wait for each that is at it. */
    private static final int BLOCKS_PER_WORKER = 2;

    private static final int MAX_WORKERS = Runtime.getRuntime().availableProcessors();

    /** A block that has come, and what it was asked for. */
    record Arrival(Fetch fetch, BlockSource source, FetchedBlock block) {}

    /**
     * What became of a block that was asked for.
     *
     * @param result null when there is none
     * @param failure why; null also when the source has not got the block
     */
    record Outcome(
            Fetch fetch,
            BlockSource source,
            BlockSink.@Nullable Result result,
            @Nullable Throwable failure) {}

    private final ContentMap content;
    private final BlockSink sink;
    private final Executor workers;
    private final Consumer<List<Outcome>> listener;
    private final Queue<Arrival> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicInteger called = new AtomicInteger();

    /**
     * @param workers bounded; may refuse
     * @param listener told once of each block, by a worker or by who brought it
     */
    Intake(ContentMap content, BlockSink sink, Executor workers, Consumer<List<Outcome>> listener) {
        this.content = content;
        this.sink = sink;
        this.workers = workers;
        this.listener = listener;
    }

    /** Takes a block in at once, in the calling thread; who tells of it is the caller. */
    Outcome takeNow(Arrival arrival) {
        if (arrival.block() instanceof FetchedBlock.Absent) {
            return new Outcome(arrival.fetch(), arrival.source(), null, null);
        }
        List<ReceivedBlock> toKeep = new ArrayList<>(1);
        Outcome outcome = take(arrival, toKeep);
        sink.keep(toKeep);
        return outcome;
    }

    /** Takes a block in, soon; one that is there. Never blocks longer than the listener. */
    void add(Arrival arrival) {
        waiting.add(arrival);
        waitingCount.incrementAndGet();
        callWorkers();
    }

    private void callWorkers() {
        for (int workersCalled = called.get();
                workersCalled < MAX_WORKERS && waitingCount.get() > workersCalled * BLOCKS_PER_WORKER;
                workersCalled = called.get()) {
            if (called.compareAndSet(workersCalled, workersCalled + 1)) {
                try {
                    workers.execute(this::work);
                } catch (RejectedExecutionException e) {
                    if (called.decrementAndGet() == 0) {
                        refuse(e);
                    }
                    return;
                }
            }
        }
    }

    /** One batch, and then others have their turn. */
    private void work() {
        List<Arrival> batch = next();
        List<Outcome> outcomes = new ArrayList<>(batch.size());
        List<ReceivedBlock> toKeep = new ArrayList<>(batch.size());
        try {
            for (Arrival arrival : batch) {
                outcomes.add(take(arrival, toKeep));
            }
            sink.keep(toKeep);
        } finally {
            tell(outcomes);
            called.decrementAndGet();
            callWorkers();
        }
    }

    private List<Arrival> next() {
        List<Arrival> batch = new ArrayList<>(BATCH_BLOCKS);
        while (batch.size() < BATCH_BLOCKS) {
            Arrival arrival = waiting.poll();
            if (arrival == null) {
                break;
            }
            waitingCount.decrementAndGet();
            batch.add(arrival);
        }
        return batch;
    }

    private Outcome take(Arrival arrival, List<ReceivedBlock> toKeep) {
        Fetch fetch = arrival.fetch();
        BlockSource source = arrival.source();
        try {
            SegmentDescription segment = content.segmentOf(fetch.ordinal());
            int index = content.blocks().blockIndex(fetch.ordinal());
            BlockSink.Result result = sink.accept(source.kind(), segment, index, arrival.block(), toKeep);
            if (result == BlockSink.Result.BAD) {
                source.deliveredBad(segment, index);
            } else {
                source.deliveredGood();
            }
            return new Outcome(fetch, source, result, null);
        } catch (RuntimeException | Error e) {
            return new Outcome(fetch, source, null, e);
        }
    }

    private void refuse(RejectedExecutionException reason) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Arrival arrival = waiting.poll(); arrival != null; arrival = waiting.poll()) {
            waitingCount.decrementAndGet();
            outcomes.add(new Outcome(arrival.fetch(), arrival.source(), null, reason));
        }
        tell(outcomes);
    }

    private void tell(List<Outcome> outcomes) {
        if (!outcomes.isEmpty()) {
            listener.accept(outcomes);
        }
    }
}
