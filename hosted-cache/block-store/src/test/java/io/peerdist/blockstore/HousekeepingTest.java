// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    @Test
    void takesStepsUntilAllIsDone() {
        AtomicInteger steps = new AtomicInteger();
        try (Housekeeping housekeeping = new Housekeeping()) {
            Housekeeping.Job job = housekeeping.job("Counting", () -> steps.incrementAndGet() < 3 ? 0 : -1);
            assertThat(job.request()).isTrue();
            Await.until("the steps", () -> !job.isBusy());
            assertThat(steps).hasValue(3);
        }
    }

    @Test
    void doesNotLoseWhatIsAskedForDuringTheLastStep() {
        AtomicInteger steps = new AtomicInteger();
        CompletableFuture<Housekeeping.Job> known = new CompletableFuture<>();
        try (Housekeeping housekeeping = new Housekeeping()) {
            Housekeeping.Job job = housekeeping.job("Counting", () -> {
                if (steps.incrementAndGet() == 1) {
                    assertThat(known.join().request()).isTrue();
                }
                return -1;
            });
            job.request();
            known.complete(job);
            Await.until("the steps", () -> !job.isBusy());
            assertThat(steps).hasValue(2);
        }
    }

    @Test
    void canBeAskedAgainAfterAFailure() {
        Queue<Exception> failures = new ArrayDeque<>();
        failures.add(new IOException("disk"));
        failures.add(new IllegalStateException("defect"));
        AtomicInteger steps = new AtomicInteger();
        try (Housekeeping housekeeping = new Housekeeping()) {
            Housekeeping.Job job = housekeeping.job("Failing", () -> {
                steps.incrementAndGet();
                Exception failure = failures.poll();
                if (failure instanceof IOException io) {
                    throw io;
                }
                if (failure instanceof IllegalStateException defect) {
                    throw defect;
                }
                return -1;
            });
            for (int asked = 1; asked <= 3; asked++) {
                job.request();
                Await.until("the end", () -> !job.isBusy());
                assertThat(steps).hasValue(asked);
            }
        }
    }

    @Test
    void takesNothingOnceItIsClosed() {
        Housekeeping housekeeping = new Housekeeping();
        Housekeeping.Job job = housekeeping.job("Counting", () -> -1);
        housekeeping.close();
        assertThat(job.request()).isFalse();
        assertThat(job.isBusy()).isFalse();
    }
}
