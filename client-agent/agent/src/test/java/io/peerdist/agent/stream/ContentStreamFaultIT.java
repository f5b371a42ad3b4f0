// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose origin, caches or program do what they should not. */
class ContentStreamFaultIT {
    private final StreamHouse house = new StreamHouse();
    private final byte[] content = TestContent.random(13_000_000, 70);
    private final TestOrigin origin = house.opened(new TestOrigin(content));

    @AfterEach
    void closeAll() throws Exception {
        house.closeAll();
    }

    private RunningStream start(ContentStreams streams, StreamRequest request, Taker taker) {
        return streams.begin(request, taker).orElseThrow();
    }

    private Taker take(ContentStreams streams) {
        Taker taker = new Taker();
        return taker.takeAll(start(streams, StreamHouse.whole(origin, 1), taker));
    }

    private void awaitNothingLeft() {
        Await.until("all streams have left", () -> house.gauge("peerdist_stream_running") == 0);
        assertThat(house.gauge("peerdist_stream_held_bytes")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v1\"", "\"v2\""})
    void endsWithOneVersionOrAnErrorWhenTheFileChanges(String newTag) {
        ContentStreams streams = house.streams(LocalCache.NONE);
        Taker taker = new Taker();
        RunningStream stream = start(streams, StreamHouse.whole(origin, 1), taker);
        taker.takeAtLeast(stream, 1_000_000);

        origin.content = TestContent.random(content.length, 71);
        origin.entityTag = newTag;
        taker.takeAll(stream);

        byte[] taken = taker.bytes();
        assertThat(taken.length).isLessThan(content.length);
        assertThat(taken).isEqualTo(Arrays.copyOf(content, taken.length));
        assertThat(stream.failure())
                .matches("the file changed at the server meanwhile \\(its entity tag or date\\)"
                        + "|what the server delivers at offset \\d+ does not match its content information");
        assertThat(stream.isComplete()).isFalse();
        stream.close();
        awaitNothingLeft();
        assertThat(house.streams("failed")).isEqualTo(1);
    }

    /** Sends some of a body and closes the connection. */
    private static boolean breakOff(HttpExchange exchange, byte[] content, long offset) throws IOException {
        exchange.sendResponseHeaders(206, 500_000);
        exchange.getResponseBody().write(content, (int) offset, 100_000);
        return true;
    }

    @Test
    void asksAgainWhereTheOriginBrokeOff() {
        AtomicInteger requests = new AtomicInteger();
        origin.hook = (exchange, offset) -> requests.incrementAndGet() < 4 && breakOff(exchange, content, offset);

        assertThat(take(house.streams(LocalCache.NONE)).bytes()).isEqualTo(content);
    }

    @Test
    void saysWhyWhenTheOriginNeverDelivers() {
        origin.status = 503;
        Taker taker = new Taker();
        RunningStream stream = start(house.streams(LocalCache.NONE), StreamHouse.whole(origin, 1), taker);

        assertThat(taker.takeAll(stream).bytes()).isEmpty();

        assertThat(stream.failure()).isEqualTo("the server answered 503");
    }

    @Test
    void endsBeforeTheFirstByteWhenALargeFileComesWithoutRanges() {
        origin.honoursRanges = false;
        Taker taker = new Taker();
        RunningStream stream = start(house.streams(LocalCache.NONE), StreamHouse.whole(origin, 1), taker);

        assertThat(taker.takeAll(stream).bytes()).isEmpty();

        assertThat(stream.failure()).isEqualTo("the server sends the whole file instead of parts of it");
        assertThat(house.gauge("peerdist_stream_held_bytes")).isZero();
    }

    @Test
    void takesASmallFileThatComesWithoutRanges() {
        origin.honoursRanges = false;
        origin.content = TestContent.random(700_000, 72);
        Taker taker = new Taker();
        StreamRequest part = new StreamRequest(StreamHouse.whole(origin, 2).hashes(), 100_000, 600_000, List.of());

        taker.takeAll(start(house.streams(LocalCache.NONE), part, taker));

        assertThat(taker.bytes()).isEqualTo(Arrays.copyOfRange(origin.content, 100_000, 600_000));
    }

    @Test
    void freesTheThreadsOfAnOriginThatNeverAnswers() {
        CountDownLatch end = new CountDownLatch(1);
        origin.hook = (exchange, offset) -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        };
        ContentStreams streams = house.streams(LocalCache.NONE);
        List<RunningStream> silent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            silent.add(start(streams, StreamHouse.whole(origin, 1), new Taker()));
        }
        Await.until("all threads for the origin wait", () -> origin.rangeRequests.get() >= 8);

        silent.forEach(RunningStream::close);

        awaitNothingLeft();
        TestOrigin other = house.opened(new TestOrigin(content));
        Taker taker = new Taker();
        taker.takeAll(start(streams, StreamHouse.whole(other, 1), taker));
        assertThat(taker.bytes()).isEqualTo(content);
        end.countDown();
    }

    @Test
    void takesFromTheOriginWhatAHostedCacheDelivesDamaged() {
        TestHostedCache cache = house.opened(new TestHostedCache());
        List<SegmentDescription> segments =
                StreamHouse.whole(origin, 1).hashes().information().segments();
        cache.source.putAll(segments, content);
        for (int block = 0; block < 40; block += 3) {
            cache.source.damage(segments.get(0).id(), block);
        }

        assertThat(take(house.streams(LocalCache.NONE, cache.address())).bytes())
                .isEqualTo(content);
    }

    /** A cache on a disk that is beyond repair. */
    private static final class BrokenCache implements LocalCache {
        final AtomicInteger kept = new AtomicInteger();

        @Override
        public BlockRanges held(SegmentDescription segment) {
            throw new IllegalStateException("no catalogue");
        }

        @Override
        public FetchedBlock read(SegmentDescription segment, int blockIndex) {
            throw new IllegalStateException("no blocks");
        }

        @Override
        public void keep(List<ReceivedBlock> blocks) {
            throw new IllegalStateException("no room");
        }

        @Override
        public void keep(SegmentDescription segment, int blockIndex, ByteBuffer plain) {
            kept.incrementAndGet();
            throw new IllegalStateException("no room");
        }

        @Override
        public void drop(SegmentDescription segment, int blockIndex) {
            throw new IllegalStateException("no catalogue");
        }
    }

    @Test
    void goesOnWithoutALocalCacheThatFails() {
        BrokenCache cache = new BrokenCache();

        assertThat(take(house.streams(cache)).bytes()).isEqualTo(content);

        // A block is given out before it is kept.
        int blocks = (content.length - 1) / 65_536 + 1;
        Await.until("the cache was asked to keep every block", () -> cache.kept.get() == blocks);
        assertThat(origin.payloadBytes.get()).isEqualTo(content.length);
    }

    @Test
    void endsTheStreamOfAProgramThatTakesNothing() {
        house.stallLimit = Duration.ofMillis(300);
        ContentStreams streams = house.streams(LocalCache.NONE);
        Taker taker = new Taker();
        RunningStream stream = start(streams, StreamHouse.whole(origin, 1), taker);

        Await.until("the stream has failed", () -> stream.failure() != null);

        assertThat(stream.failure()).isEqualTo("the program took nothing for 0 s");
        assertThat(stream.poll()).isNull();
        awaitNothingLeft();
        assertThat(house.streams("stalled")).isEqualTo(1);
    }

    @Test
    void saysToTheOriginWhatTheProgramSaidToIt() {
        List<String> heard = new CopyOnWriteArrayList<>();
        origin.hook = (exchange, offset) -> {
            var headers = exchange.getRequestHeaders();
            heard.add(headers.get("Authorization") + " " + headers.get("Cookie") + " " + headers.get("User-agent") + " "
                    + headers.get("Accept-encoding") + " " + headers.get("If-none-match"));
            return false;
        };
        Taker taker = new Taker();
        StreamRequest request = StreamRequest.whole(
                StreamHouse.whole(origin, 1).hashes(),
                List.of(
                        Map.entry("Authorization", "Basic c2VjcmV0"),
                        Map.entry("Cookie", "a=1"),
                        Map.entry("Cookie", "b=2"),
                        Map.entry("User-Agent", "apt"),
                        Map.entry("Connection", "close"),
                        Map.entry("Host", "elsewhere"),
                        Map.entry("Range", "bytes=0-1"),
                        Map.entry("If-None-Match", "\"v1\""),
                        Map.entry("Accept-Encoding", "gzip, peerdist"),
                        Map.entry("X-P2P-PeerDist", "Version=1.0")));

        taker.takeAll(start(house.streams(LocalCache.NONE), request, taker));

        assertThat(taker.bytes()).isEqualTo(content);
        assertThat(heard).isNotEmpty().containsOnly("[Basic c2VjcmV0] [a=1; b=2] [apt] [identity] null");
    }

    @Test
    void followsNoRedirectWithWhatTheProgramSaid() {
        TestOrigin other = house.opened(new TestOrigin(content));
        origin.hook = (exchange, offset) -> {
            exchange.getResponseHeaders().set("Location", other.url("/file.bin").toString());
            exchange.sendResponseHeaders(302, -1);
            return true;
        };
        Taker taker = new Taker();
        StreamRequest request = StreamRequest.whole(
                StreamHouse.whole(origin, 1).hashes(), List.of(Map.entry("Authorization", "Basic c2VjcmV0")));
        RunningStream stream = start(house.streams(LocalCache.NONE), request, taker);

        assertThat(taker.takeAll(stream).bytes()).isEmpty();

        assertThat(stream.failure()).isEqualTo("the server answered 302");
        assertThat(other.requests).isEmpty();
    }
}
