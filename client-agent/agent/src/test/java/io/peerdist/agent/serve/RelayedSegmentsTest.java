// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.LocalSegment;
import io.peerdist.retrieval.RetrievalException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored") // some answers matter only for what is remembered of them
class RelayedSegmentsTest {
    private long now;
    private final List<CompletableFuture<BitSet>> asked = new ArrayList<>();
    private int counted;
    private final Counter unasked = new SimpleMeterRegistry().counter("unasked");
    private final RelayedSegments relayed = new RelayedSegments(
            "10.0.0.1:80",
            new RelayedSegments.Questions() {
                @Override
                public CompletableFuture<BitSet> segments(List<SegmentId> ids) {
                    CompletableFuture<BitSet> answer = new CompletableFuture<>();
                    asked.add(answer);
                    return answer;
                }

                @Override
                public CompletableFuture<BlockRanges> blocks(SegmentId id) {
                    counted++;
                    return CompletableFuture.completedFuture(BlockRanges.first(7));
                }
            },
            () -> now,
            unasked);

    private static SegmentId id(int number) {
        return SegmentId.of(ByteBuffer.allocate(32).putInt(number).array());
    }

    private static BitSet places(int... places) {
        BitSet set = new BitSet();
        for (int each : places) {
            set.set(each);
        }
        return set;
    }

    private CompletableFuture<List<LocalSegment>> held(int... numbers) {
        List<SegmentId> ids = new ArrayList<>();
        for (int each : numbers) {
            ids.add(id(each));
        }
        return relayed.held(ids).toCompletableFuture();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static RetrievalException failure(RetrievalException.Kind kind) {
        return new RetrievalException(kind, "peer failed");
    }

    @Test
    void answersForWhatTheCacheHoldsAndRemembersBoth() {
        CompletableFuture<List<LocalSegment>> held = held(1, 2);
        asked.get(0).complete(places(1));

        assertThat(Await.result(held)).extracting(LocalSegment::segmentId).containsExactly(id(2));
        assertThat(Await.result(held).get(0).blockCount()).isEqualTo(7);
        assertThat(Await.result(held(2, 1))).hasSize(1);
        assertThat(asked).hasSize(1);
        assertThat(counted).isOne();

        pass(RelayedSegments.ABSENT_KEPT_FOR);
        held(1, 2);
        assertThat(asked).as("a new segment is found after a while").hasSize(2);
        pass(RelayedSegments.HELD_KEPT_FOR);
        held(2);
        assertThat(asked).hasSize(3);
    }

    @Test
    void doesNotKeepProbersWaitingAndRemembersWhatComesLate() {
        assertThat(Await.result(held(1))).isEmpty();
        asked.get(0).complete(places(0));

        assertThat(Await.result(held(1))).hasSize(1);
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = RetrievalException.Kind.class,
            names = {"CONNECT", "TIMEOUT", "MALFORMED"})
    void leavesACacheAloneThatIsAwayEverLonger(RetrievalException.Kind kind) {
        assertThat(relayed.answers()).isTrue();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            CompletableFuture<List<LocalSegment>> held = held(1);
            int before = asked.size();
            asked.get(before - 1).completeExceptionally(failure(kind));
            assertThat(Await.result(held)).isEmpty();
            assertThat(relayed.answers()).isFalse();

            pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(Await.result(held(1))).isEmpty();
            assertThat(asked).as("not asked within " + seconds + " s").hasSize(before);
            pass(Duration.ofMillis(1));
        }

        CompletableFuture<List<LocalSegment>> first = held(1);
        int before = asked.size();
        assertThat(Await.result(held(2)))
                .as("one at a time asks whether it is back")
                .isEmpty();
        assertThat(asked).hasSize(before);
        asked.get(before - 1).complete(places(0));
        assertThat(Await.result(first)).hasSize(1);
        assertThat(relayed.answers()).isTrue();
        held(3);
        held(4);
        assertThat(asked).hasSize(before + 2);
    }

    @Test
    void isNotPutOffByItsOwnLimits() {
        CompletableFuture<List<LocalSegment>> held = held(1);
        asked.get(0).completeExceptionally(failure(RetrievalException.Kind.BUSY));

        assertThat(Await.result(held)).isEmpty();
        assertThat(relayed.answers()).isTrue();
        held(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void asksOnlySoMuchInASecond() {
        int[] many = IntStream.range(0, RelayedSegments.MAX_ASKED_PER_SECOND).toArray();
        held(many);
        assertThat(asked).hasSize(1);

        assertThat(Await.result(held(-1))).isEmpty();
        assertThat(asked).hasSize(1);
        assertThat(unasked.count()).isOne();

        pass(Duration.ofSeconds(1));
        held(-1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void remembersOnlySoMuch() {
        for (int i = 0; i <= RelayedSegments.MAX_REMEMBERED; i++) {
            pass(Duration.ofMillis(1));
            held(i);
            asked.get(i).complete(places(0));
        }
        int before = asked.size();

        held(RelayedSegments.MAX_REMEMBERED);
        assertThat(asked).hasSize(before);
        held(0);
        assertThat(asked).as("the first made room").hasSize(before + 1);
    }
}
