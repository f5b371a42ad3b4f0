// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.conformance.Await;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams over real sockets: their bytes, and the bounds of what they hold. */
class ContentStreamIT {
    @TempDir
    private Path directory;

    private final StreamHouse house = new StreamHouse();
    private final byte[] content = TestContent.random(13_000_000, 60);
    private final TestOrigin origin = house.opened(new TestOrigin(content));

    @AfterEach
    void closeAll() throws Exception {
        house.closeAll();
    }

    private static RunningStream start(ContentStreams streams, StreamRequest request, Taker taker) {
        return streams.begin(request, taker).orElseThrow();
    }

    private void awaitNothingLeft() {
        Await.until("all streams have left", () -> house.gauge("peerdist_stream_running") == 0);
        assertThat(house.gauge("peerdist_stream_held_bytes")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void givesOutWholeFilesFromOriginThenLocalCache(int version) {
        ContentStreams streams = house.streams(house.cache(directory));
        Taker first = new Taker();
        first.takeAll(start(streams, StreamHouse.whole(origin, version), first));
        long payloadBytes = origin.payloadBytes.get();

        Taker second = new Taker();
        second.takeAll(start(streams, StreamHouse.whole(origin, version), second));

        assertThat(first.bytes()).isEqualTo(content);
        assertThat(second.bytes()).isEqualTo(content);
        assertThat(payloadBytes).isEqualTo(content.length);
        assertThat(origin.payloadBytes.get()).isEqualTo(payloadBytes);
        awaitNothingLeft();
        assertThat(house.streams("complete")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void givesOutRangesToTheByte(int version) {
        TestHostedCache cache = house.opened(new TestHostedCache());
        List<SegmentDescription> segments =
                StreamHouse.whole(origin, version).hashes().information().segments();
        cache.source.putAll(segments.subList(0, (segments.size() + 1) / 2), content);
        ContentStreams streams = house.streams(house.cache(directory), cache.address());
        SplittableRandom random = new SplittableRandom(61);

        for (int i = 0; i < 40; i++) {
            long from = edge(random, i % 4 == 0);
            long end = Math.min(content.length, from + 1 + (i % 3 == 0 ? 0 : random.nextLong(600_000)));
            Taker taker = new Taker();
            taker.takeAll(start(
                    streams,
                    new StreamRequest(StreamHouse.whole(origin, version).hashes(), from, end, List.of()),
                    taker));

            assertThat(taker.bytes()).as(from + " to " + end).isEqualTo(Arrays.copyOfRange(content, (int) from, (int)
                    end));
        }
        awaitNothingLeft();
    }

    private long edge(SplittableRandom random, boolean atEdge) {
        long from = random.nextLong(content.length);
        return atEdge ? Math.max(0, from - from % 65_536 - random.nextInt(2)) : from;
    }

    @Test
    void asksTheOriginForNoMoreThanTheBlocksOfARange() {
        ContentStreams streams = house.streams(LocalCache.NONE);
        Taker taker = new Taker();

        taker.takeAll(start(
                streams,
                new StreamRequest(StreamHouse.whole(origin, 1).hashes(), 65_536 * 3 + 7, 65_536 * 4 + 9, List.of()),
                taker));

        assertThat(taker.bytes()).hasSize(65_538);
        assertThat(origin.payloadBytes.get()).isEqualTo(2 * 65_536);
        assertThat(origin.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void holdsNoMoreThanItsShareForAProgramThatReadsSlowly(int version) {
        ContentStreams streams = house.streams(LocalCache.NONE);
        Taker taker = new Taker();
        RunningStream stream = start(streams, StreamHouse.whole(origin, version), taker);
        long shareBytes = StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES;
        assertThat(stream.shareBytes()).isEqualTo(shareBytes);
        Await.until("the share is full", () -> stream.heldBytes() > shareBytes - (256 << 10));
        // What is on its way from the origin is for the share as well.
        assertThat(origin.payloadBytes.get()).isLessThanOrEqualTo(shareBytes);

        for (int pieces = 0; !stream.isComplete(); pieces++) {
            ByteBuffer piece = taker.takeOne(stream);
            assertThat(stream.heldBytes()).isLessThanOrEqualTo(shareBytes);
            if (piece == null || pieces % 16 == 0) {
                Await.until("more has come", () -> stream.heldBytes() > 0 || stream.isComplete());
            }
        }

        assertThat(taker.bytes()).isEqualTo(content);
        // Requests are not cut to the pieces that the program takes.
        assertThat(origin.requests).hasSizeLessThan(25);
    }

    @Test
    void sharesOneBudgetAmongAll() {
        ContentStreams streams = house.streams(LocalCache.NONE);
        List<Taker> takers = new ArrayList<>();
        List<RunningStream> all = new ArrayList<>();
        for (int i = 0; i < StreamBudget.MAX_STREAMS; i++) {
            Taker taker = new Taker();
            takers.add(taker);
            all.add(start(streams, StreamHouse.whole(origin, 1 + i % 2), taker));
        }
        assertThat(streams.start(StreamHouse.whole(origin, 1), () -> {})).isEmpty();
        assertThat(house.streams("refused")).isEqualTo(1);
        Await.until(
                "each holds something",
                () -> all.stream().allMatch(stream -> stream.heldBytes() > StreamBudget.SHARE_BYTES / 2));

        assertThat(all.stream().mapToLong(RunningStream::shareBytes).sum()).isLessThanOrEqualTo(StreamBudget.BYTES);
        assertThat(house.gauge("peerdist_stream_held_bytes")).isLessThanOrEqualTo(StreamBudget.BYTES);
        for (int i = 0; i < StreamBudget.MAX_STREAMS; i++) {
            assertThat(takers.get(i).takeAll(all.get(i)).bytes()).isEqualTo(content);
            assertThat(house.gauge("peerdist_stream_held_bytes")).isLessThanOrEqualTo(StreamBudget.BYTES);
        }
        awaitNothingLeft();
    }

    @Test
    void leavesNothingBehindWhenClosedInTheMiddle() {
        ContentStreams streams = house.streams(house.cache(directory));
        for (int i = 0; i < 30; i++) {
            Taker taker = new Taker();
            RunningStream stream = start(streams, StreamHouse.whole(origin, 1 + i % 2), taker);
            taker.takeAtLeast(stream, 100_000 * i);
            stream.close();
            stream.close();
            assertThat(stream.poll()).isNull();
            assertThat(stream.heldBytes()).isZero();
        }

        awaitNothingLeft();
    }
}
