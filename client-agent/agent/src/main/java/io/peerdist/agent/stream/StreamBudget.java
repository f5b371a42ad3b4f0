// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of all streams together. Each has a fixed share, and those that run divide what is beyond: who comes later gets a
 * part of that as soon as the others, whose shares shrink with what their programs take, have less on its way. So what is promised
 * never exceeds the whole, and nobody waits for a program that has stopped reading. Thread-safe.
 */
final class StreamBudget {
    /** More than a package manager or a browser opens at a time; the next one's file is passed through plainly. */
    static final int MAX_STREAMS = 24;

    /** What every stream may have, whatever the others do. */
    static final long SHARE_BYTES = 1 << 20;

    /** What streams divide among them. */
    static final long DIVIDED_BYTES = 8 << 20;

    /** All of it. The launcher gives a daemon five times that much heap. */
    static final long BYTES = MAX_STREAMS * SHARE_BYTES + DIVIDED_BYTES;

    /** Content information of the files on their way, as it came; in memory it takes two or three times that. */
    static final long CONTENT_INFORMATION_BYTES = 16 << 20;

    private final AtomicLong held = new AtomicLong();
    private int streams;
    private long dividedBytes;
    private long informationBytes;

    /** The bytes that wait to be taken in all streams; who holds some counts them here. */
    AtomicLong held() {
        return held;
    }

    /** Takes a stream in; false when there is no room for another one, or for its content information. */
    synchronized boolean enter(int encodedBytes) {
        if (streams == MAX_STREAMS || informationBytes + encodedBytes > CONTENT_INFORMATION_BYTES) {
            return false;
        }
        streams++;
        informationBytes += encodedBytes;
        return true;
    }

    /** A stream is over that had {@code extraBytes} beyond its share. */
    synchronized void leave(int encodedBytes, long extraBytes) {
        streams--;
        informationBytes -= encodedBytes;
        dividedBytes -= extraBytes;
    }

    /**
     * Divides anew.
     *
     * @param extraBytes what the stream has beyond its share
     * @param neededBytes how much of that it cannot give back now
     * @return what it has from now on
     */
    synchronized long divide(long extraBytes, long neededBytes) {
        long fair = DIVIDED_BYTES / Math.max(1, streams);
        long now = extraBytes < fair
                ? Math.min(fair, extraBytes + DIVIDED_BYTES - dividedBytes)
                : Math.min(extraBytes, Math.max(fair, neededBytes));
        dividedBytes += now - extraBytes;
        return now;
    }

    synchronized int streams() {
        return streams;
    }
}
