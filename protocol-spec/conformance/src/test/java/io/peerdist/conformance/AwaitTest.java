// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AwaitTest {
    @Test
    void returnsOnceTheConditionHolds() {
        AtomicInteger polls = new AtomicInteger();

        Await.until("the third poll", () -> polls.incrementAndGet() == 3);

        assertThat(polls).hasValue(3);
        assertThat(Await.present(
                        "the fifth poll",
                        () -> Optional.of(polls.incrementAndGet()).filter(count -> count == 5)))
                .isEqualTo(5);
    }

    @Test
    void failsWithTheNameOfWhatDidNotCome() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Await.until("the moon", Duration.ofMillis(20), () -> false))
                .withMessageContaining("the moon");
    }

    @Test
    void failsWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Await.until("anything", () -> false))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void tellsValuesAndFailuresApart() {
        CompletableFuture<String> value = CompletableFuture.completedFuture("value");
        CompletableFuture<String> failure = CompletableFuture.failedFuture(new IllegalStateException("broken"));

        assertThat(Await.result(value)).isEqualTo("value");
        assertThat(Await.failure(failure)).isInstanceOf(IllegalStateException.class);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> Await.result(failure));
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> Await.failure(value));
    }
}
