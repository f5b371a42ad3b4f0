// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReportsTest {
    /** Longer than any test may take. */
    private static final long LONG_NANOS = Duration.ofMinutes(5).toNanos();

    private final Reports reports = new Reports();
    private final List<String> heard = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private void run(long waitNanos) {
        try {
            reports.run(() -> {}, waitNanos);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private Runnable report(String what) {
        return () -> heard.add(what);
    }

    @Test
    void wakesForAReportAndHearsAllThatCame() {
        CompletableFuture<Void> heardAll = CompletableFuture.runAsync(() -> run(LONG_NANOS), threads);
        reports.expect();

        reports.tell(report("told"));

        Await.result(heardAll);
        assertThat(heard).contains("told");
    }

    @Test
    void doesNotWaitWhenEnoughWasGathered() {
        for (int i = 0; i < 8; i++) {
            reports.expect();
        }
        reports.gather(report("first"));
        reports.gather(report("second"));

        run(LONG_NANOS);

        assertThat(heard).containsExactly("first", "second");
    }

    @Test
    void gathersAQuarterOfWhatIsExpected() {
        for (int i = 0; i < 8; i++) {
            reports.expect();
        }
        reports.gather(report("first"));
        CompletableFuture<Void> woken = CompletableFuture.runAsync(() -> run(LONG_NANOS), threads);

        reports.gather(report("second"));

        Await.result(woken);
        assertThat(heard).contains("first", "second");
    }

    @Test
    void hearsEveryReportHoweverTheyCome() {
        int all = 20_000;
        int window = 16;
        AtomicInteger heardHere = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                () -> {
                    while (heardHere.get() < all) {
                        while (asked.get() < all && asked.get() - heardHere.get() < window) {
                            asked.incrementAndGet();
                            reports.expect();
                            threads.execute(() -> reports.gather(heardHere::incrementAndGet));
                        }
                        run(LONG_NANOS);
                    }
                },
                threads);

        Await.result(done);

        assertThat(heardHere.get()).isEqualTo(all);
    }
}
