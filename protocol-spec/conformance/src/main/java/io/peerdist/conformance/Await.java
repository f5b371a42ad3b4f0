// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another thread brings about. The one place in the tests that parks a thread. */
public final class Await {
    /** How long a condition may take; far beyond what any should need, so that a busy machine fails no test. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /** Polls until {@code condition} holds; fails after {@link #LIMIT}. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, LIMIT, condition);
    }

    /** Polls until {@code condition} holds; fails after {@code limit}. */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        CompletableFuture<Boolean> deadline =
                new CompletableFuture<Boolean>().completeOnTimeout(true, limit.toMillis(), TimeUnit.MILLISECONDS);
        while (!condition.getAsBoolean()) {
            if (deadline.isDone()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(Await.class, POLL_NANOS);
        }
    }

    /** Polls until {@code value} has something and returns it; fails after {@link #LIMIT}. */
    public static <T> T present(String what, Supplier<Optional<T>> value) {
        CompletableFuture<T> found = new CompletableFuture<>();
        until(what, () -> value.get().map(found::complete).isPresent());
        return found.join();
    }

    /** The future's value; fails after {@link #LIMIT}, and with the cause when the future failed. */
    public static <T> T result(Future<T> future) {
        try {
            return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("not completed within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a future", e);
        }
    }

    /** What the future failed with; fails when it has a value or after {@link #LIMIT}. */
    public static Throwable failure(Future<?> future) {
        try {
            Object value = future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("completed with " + value + " (expected: a failure)");
        } catch (ExecutionException e) {
            return Optional.ofNullable(e.getCause()).orElse(e);
        } catch (TimeoutException e) {
            throw new AssertionError("not completed within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a future", e);
        }
    }
}
