// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.FaultySource;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.runtime.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several programs at once that take parts of a file at speeds and for as long as the seed decides, from sources that lie and fail
 * and an origin that breaks off. Whatever happens, each gets its bytes in order, and all together stay within the budget.
 */
class ContentStreamRandomizedIT {
    /** A program and what it has taken. */
    private static final class Program {
        final RunningStream stream;
        final Taker taker = new Taker();
        final byte[] wanted;
        final boolean leaves;

        Program(Gen gen, ContentStreams streams, TestOrigin origin) {
            int from = gen.intBetween(0, origin.content.length - 1);
            int end = gen.intBetween(from + 1, origin.content.length);
            this.wanted = Arrays.copyOfRange(origin.content, from, end);
            this.leaves = gen.intBetween(0, 3) == 0;
            StreamRequest whole = StreamHouse.whole(origin, gen.intBetween(1, 2));
            this.stream = streams.begin(new StreamRequest(whole.hashes(), from, end, List.of()), taker)
                    .orElseThrow();
        }

        /** Takes some; false when it wants no more. */
        boolean step(Gen gen) {
            for (int pieces = gen.intBetween(0, 20); pieces > 0; pieces--) {
                ByteBuffer piece = taker.takeOne(stream);
                assertThat(stream.heldBytes()).isLessThanOrEqualTo(stream.shareBytes());
                if (piece == null) {
                    break;
                }
            }
            if (leaves && gen.intBetween(0, 200) == 0) {
                stream.close();
                return false;
            }
            return !stream.isComplete() && stream.failure() == null;
        }

        void assertRight() {
            byte[] taken = taker.bytes();
            assertThat(taken).isEqualTo(Arrays.copyOf(wanted, taken.length));
            assertThat(stream.isComplete() || leaves).as("complete").isTrue();
            assertThat(stream.failure()).isNull();
        }
    }

    @RandomizedTest(tries = 12)
    void givesEveryProgramItsBytesWithinOneBudget(Gen gen) {
        byte[] content = TestContent.random(1 + gen.intBetween(0, 8_000_000), gen.seed());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicInteger requests = new AtomicInteger();
        int breakEvery = gen.oneOf(3, 5, 1_000);
        try (TestOrigin origin = new TestOrigin(content);
                Workers workers = Workers.start("test-source", 2, 1_024, registry)) {
            origin.hook = (exchange, offset) ->
                    requests.incrementAndGet() % breakEvery == 0 && breakOff(exchange, content, (int) offset);
            FaultySource local = new FaultySource(DownloadSource.LOCAL_CACHE, content, gen, workers);
            FaultySource hosted = new FaultySource(DownloadSource.HOSTED_CACHE, content, gen, workers);
            try (DownloadEngine engine = new DownloadEngine(
                            StreamHouse.ORIGIN,
                            own -> List.of(local, hosted),
                            LocalCache.NONE,
                            RateLimit.NONE,
                            System::nanoTime,
                            registry);
                    ContentStreams streams = new ContentStreams(engine, Optional::empty, System::nanoTime, registry)) {
                take(gen, streams, origin, registry);
            }
        }
    }

    private static void take(Gen gen, ContentStreams streams, TestOrigin origin, SimpleMeterRegistry registry) {
        List<Program> all = new ArrayList<>();
        for (int i = gen.intBetween(1, 8); i > 0; i--) {
            all.add(new Program(gen, streams, origin));
        }
        List<Program> taking = new ArrayList<>(all);
        Await.until("nobody wants more", () -> {
            taking.removeIf(program -> !program.step(gen));
            assertThat(registry.get("peerdist_stream_held_bytes").gauge().value())
                    .isLessThanOrEqualTo(StreamBudget.BYTES);
            return taking.isEmpty();
        });
        all.forEach(Program::assertRight);
        Await.until(
                "all have left",
                () -> registry.get("peerdist_stream_running").gauge().value() == 0);
        assertThat(registry.get("peerdist_stream_held_bytes").gauge().value()).isZero();
    }

    /** At least one good block, and then no more. */
    private static boolean breakOff(HttpExchange exchange, byte[] content, int offset) throws IOException {
        exchange.sendResponseHeaders(206, content.length - offset + 1L);
        exchange.getResponseBody().write(content, offset, Math.min(200_000, content.length - offset));
        return true;
    }
}
