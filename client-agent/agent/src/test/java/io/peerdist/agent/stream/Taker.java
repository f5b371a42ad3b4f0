// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes a stream as a program does that waits to be told. Its first call belongs to who starts the stream. */
final class Taker implements Runnable {
    /** Far beyond what anything should take, pauses before an origin is asked again among it. */
    private static final long LIMIT_SECONDS = 120;

    private final Semaphore told = new Semaphore(0);
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    /** The stream has changed. */
    @Override
    public void run() {
        told.release();
    }

    /** Takes until the stream is complete or has failed. */
    Taker takeAll(ContentStream stream) {
        return takeAtLeast(stream, Integer.MAX_VALUE);
    }

    /** Takes until it has so many bytes, or there are no more. */
    Taker takeAtLeast(ContentStream stream, int bytes) {
        while (taken.size() < bytes) {
            ByteBuffer next = stream.poll();
            if (next != null) {
                taken.write(next.array(), next.arrayOffset() + next.position(), next.remaining());
            } else if (stream.isComplete() || stream.failure() != null) {
                return this;
            } else {
                await();
            }
        }
        return this;
    }

    private void await() {
        try {
            assertThat(told.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("told that there is something")
                    .isTrue();
            told.drainPermits();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Takes one piece if there is one. */
    @Nullable
    ByteBuffer takeOne(ContentStream stream) {
        ByteBuffer next = stream.poll();
        if (next != null) {
            taken.write(next.array(), next.arrayOffset() + next.position(), next.remaining());
        }
        return next;
    }

    byte[] bytes() {
        return taken.toByteArray();
    }
}
