// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.agent.rate.RateLimit;
import io.peerdist.conformance.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginBodyTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();
    private final RateLimit limit = RateLimit.of(1_000, () -> 0, (end, nanos) -> {
        pauses.add(nanos);
        ends.add(end);
    });

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private OriginBody body(byte[] bytes, RateLimit rate) {
        return new OriginBody(new ByteArrayInputStream(bytes), rate, Long.MAX_VALUE / 2, () -> 0, timer);
    }

    private static CompletableFuture<Integer> read(OriginBody body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return body.read(new byte[100], 0, 100);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void paysForWhatCame() throws Exception {
        OriginBody body = body(new byte[50], limit);
        CompletableFuture<Integer> read = read(body);
        Await.until("the pause has begun", () -> !ends.isEmpty());

        assertThat(pauses).containsExactly(50_000_000L);
        assertThat(read).isNotDone();
        ends.get(0).run();
        assertThat(read.get(1, TimeUnit.MINUTES)).isEqualTo(50);
    }

    @Test
    void doesNotPauseAtTheEnd() throws Exception {
        assertThat(body(new byte[0], limit).read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void endsAPauseWhenItIsClosed() throws Exception {
        OriginBody body = body(new byte[50], limit);
        CompletableFuture<Integer> read = read(body);
        Await.until("the pause has begun", () -> !ends.isEmpty());
        body.close();

        assertThat(read.get(1, TimeUnit.MINUTES)).isEqualTo(50);
        assertThat(read(body).get(1, TimeUnit.MINUTES))
                .as("nothing is waited for any more")
                .isEqualTo(-1);
    }

    @Test
    void endsAPauseWhenItIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> body(new byte[50], limit).read(new byte[100], 0, 100))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
