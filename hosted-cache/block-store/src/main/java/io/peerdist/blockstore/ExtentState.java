// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import org.jspecify.annotations.Nullable;

/**
 * What the catalogue knows of an extent. Immutable.
 *
 * @param extentId the number in the file's name
 * @param salt as in the file's header
 * @param extentBytes the file's length
 * @param phase where the extent is in its life
 * @param writtenBytes where the next record goes; nothing beyond it counts
 * @param syncedBytes what was written before the last fdatasync
 * @param liveBlocks records that the catalogue points to
 * @param liveBytes what they take
 * @param pinnedBytes what those of pinned segments take
 */
record ExtentState(
        int extentId,
        long salt,
        int extentBytes,
        Phase phase,
        int writtenBytes,
        int syncedBytes,
        int liveBlocks,
        long liveBytes,
        long pinnedBytes) {
    /** Where an extent is in its life. */
    enum Phase {
        /** Takes records. */
        OPEN(1),
        /** Full, and forced to the disk. */
        SEALED(2),
        /** Given up: its file is about to be deleted. */
        DELETING(3),
        /** Its blocks are being moved and dropped. */
        EVICTING(4),
        /** Found at a start; not all of its blocks are in the catalogue yet. */
        UNREAD(5);

        private final int code;

        Phase(int code) {
            this.code = code;
        }

        /** The value in the catalogue. */
        int code() {
            return code;
        }

        static @Nullable Phase ofCode(int code) {
            for (Phase phase : values()) {
                if (phase.code == code) {
                    return phase;
                }
            }
            return null;
        }
    }

    static ExtentState created(ExtentHeader header) {
        int start = ExtentHeader.DATA_POSITION;
        return new ExtentState(
                header.extentId(), header.salt(), header.extentBytes(), Phase.OPEN, start, start, 0, 0, 0);
    }

    ExtentState withPhase(Phase next) {
        return new ExtentState(
                extentId, salt, extentBytes, next, writtenBytes, syncedBytes, liveBlocks, liveBytes, pinnedBytes);
    }

    ExtentState withWrittenBytes(int bytes) {
        return new ExtentState(
                extentId,
                salt,
                extentBytes,
                phase,
                bytes,
                Math.min(syncedBytes, bytes),
                liveBlocks,
                liveBytes,
                pinnedBytes);
    }

    ExtentState withSyncedBytes(int bytes) {
        return new ExtentState(
                extentId, salt, extentBytes, phase, writtenBytes, bytes, liveBlocks, liveBytes, pinnedBytes);
    }

    /** With blocks added, or taken away when the numbers are negative. */
    ExtentState plus(int blocks, long bytes, long pinned) {
        return new ExtentState(
                extentId,
                salt,
                extentBytes,
                phase,
                writtenBytes,
                syncedBytes,
                liveBlocks + blocks,
                liveBytes + bytes,
                pinnedBytes + pinned);
    }

    /** With nothing live, to be counted anew. */
    ExtentState withoutLive() {
        return new ExtentState(extentId, salt, extentBytes, phase, writtenBytes, syncedBytes, 0, 0, 0);
    }
}
