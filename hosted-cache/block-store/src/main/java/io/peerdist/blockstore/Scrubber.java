// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every block again, over and over, a little every second, and has those dropped that are damaged: so that bad sectors
 * are found before somebody asks for what was there. Keeps its place over restarts. While much is put it nearly stops. For
 * one thread; the status may be asked for from anywhere.
 */
final class Scrubber implements Housekeeping.Work, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    private static final long STEP_MILLIS = TimeUnit.SECONDS.toMillis(1);

    /** What a kill may cost: at a step a second, a minute. */
    private static final int STEPS_PER_SAVE = 60;

    /** What is left of the rate while others write more than it. */
    private static final int LOAD_DIVISOR = 8;

    private final long bytesPerSecond;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockReader reader;
    private final InstantSource clock;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter readBytes;
    private final Counter readBlocks;
    private final Counter damagedBlocks;
    private final Counter passes;
    private volatile ScrubPosition position;
    private long appendedBefore;
    private int steps;

    Scrubber(
            long bytesPerSecond,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            BlockReader reader,
            InstantSource clock,
            Lock writeLock,
            BooleanSupplier closed,
            MeterRegistry registry) {
        this.bytesPerSecond = bytesPerSecond;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.reader = reader;
        this.clock = clock;
        this.writeLock = writeLock;
        this.closed = closed;
        this.registry = registry;
        this.position = ScrubPosition.decode(catalogue.scrubPosition());
        this.appendedBefore = log.appendedBytes();
        readBytes = counter("peerdist_scrub_read_bytes", "Octets that the scrubber has read");
        readBlocks = counter("peerdist_scrub_blocks", "Blocks that the scrubber has read");
        damagedBlocks = counter("peerdist_scrub_damaged_blocks", "Damaged blocks that the scrubber has found");
        passes = counter("peerdist_scrub_passes", "Times that the scrubber has read everything");
        gauge("peerdist_scrub_progress_ratio", "The part of the scrubber's current pass that is done");
        Gauge last = Gauge.builder(
                        "peerdist_scrub_last_pass_timestamp_seconds", this, s -> s.position.lastPassMillis() / 1e3)
                .description("When the scrubber had last read everything, seconds since 1970; 0 for never")
                .register(registry);
        meters.add(last);
    }

    private Counter counter(String name, String description) {
        Counter counter = Counter.builder(name).description(description).register(registry);
        meters.add(counter);
        return counter;
    }

    private void gauge(String name, String description) {
        meters.add(Gauge.builder(name, this, scrubber -> scrubber.position.progress())
                .description(description)
                .register(registry));
    }

    ScrubStatus status() {
        ScrubPosition now = position;
        return new ScrubStatus(
                bytesPerSecond,
                now.progress(),
                now.passes(),
                now.lastPassMillis() == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(now.lastPassMillis())),
                now.checkedBlocks(),
                now.damagedBlocks());
    }

    @Override
    public long step() {
        if (closed.getAsBoolean()) {
            return -1;
        }
        long budget = budget();
        while (budget > 0) {
            SegmentId next = next();
            if (next == null) {
                endPass();
                return STEP_MILLIS;
            }
            budget -= check(next);
        }
        if (++steps % STEPS_PER_SAVE == 0) {
            save();
        }
        return STEP_MILLIS;
    }

    /** Others go first: they have the disk nearly for themselves while they put more than would be scrubbed. */
    private long budget() {
        long appended = log.appendedBytes();
        boolean busy = appended - appendedBefore > bytesPerSecond;
        appendedBefore = appended;
        return Math.max(1, busy ? bytesPerSecond / LOAD_DIVISOR : bytesPerSecond);
    }

    private @Nullable SegmentId next() {
        @Nullable SegmentId[] found = new @Nullable SegmentId[1];
        index.walk(position.last(), (id, entry) -> {
            found[0] = id;
            return false;
        });
        return found[0];
    }

    /** Reads the blocks of a segment; answers how many octets that were. */
    private long check(SegmentId id) {
        SegmentEntry entry = index.loadInPassing(id);
        if (entry == null) {
            // Looking a segment up is work, too, even if nothing of it is left.
            position = position.plus(0, 0, id);
            return RecordHeader.BYTES;
        }
        BlockReader.CheckedBlocks checked = reader.check(entry);
        readBytes.increment((double) checked.recordBytes());
        readBlocks.increment(checked.blocks());
        damagedBlocks.increment(checked.damagedBlocks());
        position = position.plus(checked.blocks(), checked.damagedBlocks(), id);
        return Math.max(RecordHeader.BYTES, checked.recordBytes());
    }

    private void endPass() {
        long checked = position.checkedBlocks();
        position = position.withPassEnded(clock.millis());
        if (checked > 0) {
            passes.increment();
            LOG.info("Scrubbed {} blocks; {} damaged ones found so far", checked, position.damagedBlocks());
            save();
        }
    }

    private void save() {
        writeLock.lock();
        try {
            if (!closed.getAsBoolean()) {
                savePosition();
            }
        } finally {
            writeLock.unlock();
        }
    }

    /** Under the write lock, of a store that is open. */
    void savePosition() {
        ScrubPosition now = position;
        catalogue.commit(batch -> batch.putScrubPosition(now.encode()));
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
