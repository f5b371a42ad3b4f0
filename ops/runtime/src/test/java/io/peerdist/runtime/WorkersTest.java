// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.conformance.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void namesItsThreadsAfterTheComponent() {
        try (Workers workers = Workers.start("hashing", 2, 1, registry)) {
            CompletableFuture<String> name =
                    CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), workers);

            assertThat(Await.result(name)).matches("hashing-[12]");
        }
    }

    @Test
    void rejectsAndCountsWhatDoesNotFitTheQueue() {
        CountDownLatch release = new CountDownLatch(1);
        try (Workers workers = Workers.start("hashing", 1, 2, registry)) {
            CountDownLatch entered = new CountDownLatch(1);
            workers.execute(() -> {
                entered.countDown();
                awaitQuietly(release);
            });
            Await.until("the thread is busy", () -> entered.getCount() == 0);
            workers.execute(() -> {});
            workers.execute(() -> {});

            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> workers.execute(() -> {}))
                    .withMessageStartingWith("hashing: queue of 2 tasks is full");
            assertThat(registry.get("peerdist_worker_rejected")
                            .tag("pool", "hashing")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("peerdist_worker_queued")
                            .tag("pool", "hashing")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            release.countDown();
        }
    }

    @Test
    void goesOnAfterATaskThatFails() {
        try (Workers workers = Workers.start("hashing", 1, 2, registry)) {
            workers.execute(() -> {
                throw new IllegalStateException("failed");
            });

            assertThat(Await.result(CompletableFuture.supplyAsync(() -> "next", workers)))
                    .isEqualTo("next");
        }
    }

    @Test
    void finishesWhatItHasWhenItCloses() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        Workers workers = Workers.start("hashing", 1, 2, registry);
        workers.execute(() -> first.complete(null));
        workers.execute(() -> second.complete(null));

        workers.close();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> workers.execute(() -> {}));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
