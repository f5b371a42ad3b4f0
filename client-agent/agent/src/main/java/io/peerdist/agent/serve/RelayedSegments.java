// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.micrometer.core.instrument.Counter;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.discovery.LocalSegment;
import io.peerdist.discovery.LocalSegments;
import io.peerdist.discovery.PeerReplies;
import io.peerdist.discovery.message.SegmentBlocks;
import io.peerdist.retrieval.RetrievalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a hosted cache elsewhere holds, for answers in its name: it is asked, and what it says is remembered for a short while.
 * While it is away nothing is answered, and it is asked ever more rarely. Thread-safe.
 */
final class RelayedSegments implements LocalSegments {
    /** Who probes waits 300 ms (MS-PCCRD note 2), of which the back-off of the answer takes up to 65 ms. */
    static final Duration ANSWER_LIMIT = Duration.ofMillis(200);
    /** A held segment stays for hours; should it go, who was sent there gets an empty answer. */
    static final Duration HELD_KEPT_FOR = Duration.ofSeconds(30);
    /** A new segment is found this much later at most. */
    static final Duration ABSENT_KEPT_FOR = Duration.ofSeconds(3);
    /** How long a cache that failed is left alone at first; doubled with each further failure. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    /** A cache that came back is used after this time at the latest. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    /** Segments remembered; those of a download of 1 GiB in segments of 64 KiB. */
    static final int MAX_REMEMBERED = 16_384;

    /** Unknown segments asked about in a second: a dozen iPXE machines at 300, and 150 kB of questions on the way to the cache. */
    static final int MAX_ASKED_PER_SECOND = 4_000;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(RelayedSegments.class);

    private record Remembered(Optional<LocalSegment> segment, long endNanos) {}

    /** The two questions to the cache; futures fail with {@link RetrievalException}. */
    interface Questions {
        /** Which of the segments it holds, wholly or in part, by their places: {@code MSG_GETSEGLIST}. */
        CompletableFuture<BitSet> segments(List<SegmentId> ids);

        /** Which blocks of a segment it holds: {@code MSG_GETBLKLIST}. */
        CompletableFuture<BlockRanges> blocks(SegmentId id);
    }

    private final String name;
    private final Questions questions;
    private final LongSupplier nanoTime;
    private final Counter unasked;
    private final Object lock = new Object();
    private final Map<SegmentId, Remembered> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentId, Remembered> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private int failures;
    private long resumeNanos;
    private long secondNanos;
    private int askedInSecond;

    /**
     * @param name the cache's, for messages
     * @param unasked counts segments not asked about because too many were
     */
    RelayedSegments(String name, Questions questions, LongSupplier nanoTime, Counter unasked) {
        this.name = name;
        this.questions = questions;
        this.nanoTime = nanoTime;
        this.unasked = unasked;
        this.secondNanos = nanoTime.getAsLong();
    }

    @Override
    public CompletionStage<List<LocalSegment>> held(List<SegmentId> segmentIds) {
        List<LocalSegment> known = new ArrayList<>();
        List<SegmentId> unknown = new ArrayList<>();
        synchronized (lock) {
            long nowNanos = nanoTime.getAsLong();
            for (SegmentId id : segmentIds) {
                Remembered entry = remembered.get(id);
                if (entry == null || entry.endNanos() - nowNanos <= 0) {
                    unknown.add(id);
                } else {
                    entry.segment().ifPresent(known::add);
                }
            }
            if (unknown.isEmpty() || (failures > 0 && nowNanos - resumeNanos < 0)) {
                return CompletableFuture.completedFuture(known);
            }
            if (!mayAsk(unknown.size(), nowNanos)) {
                unasked.increment(unknown.size());
                return CompletableFuture.completedFuture(known);
            }
            if (failures > 0) {
                // One at a time asks a cache that was away.
                resumeNanos = nowNanos + pause().toNanos();
            }
        }
        return ask(unknown)
                .thenApply(found -> {
                    List<LocalSegment> all = new ArrayList<>(known);
                    all.addAll(found);
                    return all;
                })
                // What comes later is remembered, and answers the probe when it is repeated.
                .completeOnTimeout(known, ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean mayAsk(int segments, long nowNanos) {
        if (nowNanos - secondNanos >= SECOND_NANOS) {
            secondNanos = nowNanos;
            askedInSecond = 0;
        }
        if (askedInSecond > MAX_ASKED_PER_SECOND - segments) {
            return false;
        }
        askedInSecond += segments;
        return true;
    }

    private CompletableFuture<List<LocalSegment>> ask(List<SegmentId> ids) {
        return questions.segments(ids).thenCompose(held -> count(ids, held)).handle((found, failure) -> {
            if (failure == null) {
                answered();
                return found;
            }
            failed(failure);
            return List.of();
        });
    }

    /** Readers of version 1.0 answers want the number of blocks, which the list of segments does not tell. */
    private CompletableFuture<List<LocalSegment>> count(List<SegmentId> ids, BitSet held) {
        List<CompletableFuture<Optional<LocalSegment>>> counts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            SegmentId id = ids.get(i);
            if (held.get(i)) {
                counts.add(questions.blocks(id).thenApply(blocks -> remember(id, blocks.blockCount())));
            } else {
                remember(id, 0);
            }
        }
        return CompletableFuture.allOf(counts.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        counts.stream().flatMap(each -> each.join().stream()).toList());
    }

    private Optional<LocalSegment> remember(SegmentId id, int blocks) {
        // Complete, as segments of version 2.0 have one block, and answers of version 1.0 say a number only.
        Optional<LocalSegment> segment = blocks == 0
                ? Optional.empty()
                : Optional.of(new LocalSegment(
                        id, Math.min(blocks, SegmentBlocks.MAX_BLOCKS), true, Duration.ZERO, PeerReplies.NONE));
        Duration keptFor = segment.isPresent() ? HELD_KEPT_FOR : ABSENT_KEPT_FOR;
        synchronized (lock) {
            remembered.remove(id); // so that what was asked last is dropped last
            remembered.put(id, new Remembered(segment, nanoTime.getAsLong() + keptFor.toNanos()));
        }
        return segment;
    }

    private void answered() {
        synchronized (lock) {
            if (failures > 0) {
                LOG.info("hosted cache {}: answers again, and probes are answered in its name", name);
            }
            failures = 0;
        }
    }

    private void failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RetrievalException retrieval && retrieval.kind() == RetrievalException.Kind.BUSY) {
            return; // it was not asked, as too much is being asked already; the client has counted it
        }
        synchronized (lock) {
            if (failures == 0) {
                LOG.warn(
                        "hosted cache {}: {}; no probe is answered in its name until it answers",
                        name,
                        cause.getMessage());
            }
            failures++;
            resumeNanos = nanoTime.getAsLong() + pause().toNanos();
        }
    }

    private Duration pause() {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Whether the cache answered when it was asked last; true before that. */
    boolean answers() {
        synchronized (lock) {
            return failures == 0;
        }
    }
}
