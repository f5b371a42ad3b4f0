// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * Repairs what the last end of the process has left behind: what is quick before the store serves, the rest while it does.
 */
final class StoreStart {
    private final Path directory;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final PinFile pins;
    private final Housekeeping housekeeping;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    private final List<Housekeeping.Job> jobs = new ArrayList<>();

    StoreStart(
            Path directory,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            PinFile pins,
            Housekeeping housekeeping,
            Lock writeLock,
            BooleanSupplier closed) {
        this.directory = directory;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.pins = pins;
        this.housekeeping = housekeeping;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    /** Does what cannot wait. */
    Recovery repair(Recovery.Limits limits) throws IOException {
        boolean pinsKnown = pins.exists();
        pins.open();
        Recovery recovery = new Recovery(catalogue, index, log, limits);
        if (recovery.run().extentsToRead() == 0) {
            // Segments that are still to be found may be among them.
            pins.forget();
        }
        if (!pinsKnown) {
            notePins();
        }
        return recovery;
    }

    /** Stores of the first versions have their pins in the catalogue only. */
    private void notePins() {
        if (log.extents().stream().allMatch(extent -> extent.state().pinnedBytes() == 0)) {
            return;
        }
        index.walk(null, (id, entry) -> {
            if (entry != null && entry.isPinned()) {
                pins.note(id, true);
            }
            return true;
        });
    }

    /** Has the background do what {@code recovery} has put off. */
    void requestRest(Recovery recovery, BlockReader reader) {
        RecoveryReport report = recovery.report();
        if (report.extentsToRead() > 0) {
            request(
                    "Reading the extents of " + directory,
                    new Rediscovery(recovery.unread(), index, log, writeLock, closed));
        }
        if (report.sweepPending()) {
            request(
                    "Checking the catalogue of " + directory,
                    new LateSweep(catalogue, index, log, reader, recovery::isDoubtful, writeLock, closed));
        }
    }

    private void request(String name, Housekeeping.Work work) {
        Housekeeping.Job job = housekeeping.job(name, work);
        job.request();
        jobs.add(job);
    }

    /** Whether some of it is left. */
    boolean isBusy() {
        return jobs.stream().anyMatch(Housekeeping.Job::isBusy);
    }
}
