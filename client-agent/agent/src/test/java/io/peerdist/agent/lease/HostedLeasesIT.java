// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.plan.SegmentLease;
import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostedLeasesIT {
    private static final SegmentId ID = SegmentId.of(new byte[32]);
    private static final SegmentLease GRANTED = new SegmentLease(SegmentLease.State.GRANTED, 9_000);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<HttpServer> servers = new ArrayList<>();
    private volatile long nowNanos;

    /** Says what is answered to each request: a status and a body. */
    private final class Cache {
        final List<LeaseRequest> asked = new CopyOnWriteArrayList<>();
        final List<LeaseRequest> released = new CopyOnWriteArrayList<>();
        final HttpServer server;
        volatile int status = 200;
        volatile Function<LeaseRequest, byte[]> body = request -> new LeaseResponse(request.segments().stream()
                        .map(id -> new LeaseAnswer(LeaseState.GRANTED, 9_000))
                        .toList())
                .encode();

        Cache() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::handle);
            server.start();
            servers.add(server);
        }

        private void handle(HttpExchange exchange) throws IOException {
            LeaseRequest request = LeaseRequest.decode(
                    ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()));
            boolean release = exchange.getRequestURI().getPath().equals(LeaseRequest.RELEASE_PATH);
            (release ? released : asked).add(request);
            byte[] answer = release ? new byte[0] : body.apply(request);
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private HostedLeases leases(Cache... caches) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (Cache cache : caches) {
            addresses.add(cache.server.getAddress());
        }
        return new HostedLeases(
                addresses, 7, new LeaseClient(Duration.ofSeconds(20)), () -> nowNanos, new LeaseMetrics(registry));
    }

    private SegmentLease ask(HostedLeases leases) {
        return Await.result(leases.ask(List.of(ID))).get(0);
    }

    @Test
    void tellsWhatTheCacheAnswers() throws Exception {
        Cache cache = new Cache();
        HostedLeases leases = leases(cache);
        assertThat(leases.areKept()).isFalse();
        assertThat(ask(leases)).isEqualTo(GRANTED);
        assertThat(leases.areKept()).isTrue();
        cache.body = request -> new LeaseResponse(List.of(new LeaseAnswer(LeaseState.WAIT, 300))).encode();
        assertThat(ask(leases)).isEqualTo(new SegmentLease(SegmentLease.State.WAIT, 300));
        cache.body = request -> new LeaseResponse(List.of(LeaseAnswer.HELD)).encode();
        assertThat(ask(leases)).isEqualTo(SegmentLease.IN_HOSTED_CACHE);
        cache.body = request -> new LeaseResponse(List.of(LeaseAnswer.UNLEASED)).encode();
        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
        assertThat(cache.asked).allMatch(request -> request.holder() == 7);
    }

    @Test
    void leavesACacheThatKnowsNothingOfLeasesAloneForTenMinutes() throws Exception {
        Cache cache = new Cache();
        cache.status = 404;
        HostedLeases leases = leases(cache);

        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
        nowNanos = Duration.ofMinutes(10).toNanos() - 1;
        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
        assertThat(cache.asked).hasSize(1);

        nowNanos++;
        cache.status = 200;
        assertThat(ask(leases)).isEqualTo(GRANTED);
    }

    @Test
    void takesRubbishForACacheThatKnowsNothingOfLeases() throws Exception {
        Cache cache = new Cache();
        HostedLeases leases = leases(cache);
        List<byte[]> rubbish =
                List.of(new byte[] {1, 2, 3}, new LeaseResponse(List.of(LeaseAnswer.HELD, LeaseAnswer.HELD)).encode());
        for (byte[] body : rubbish) {
            cache.body = request -> body;
            assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
            nowNanos += Duration.ofMinutes(10).toNanos();
        }

        assertThat(registry.get("peerdist_fetch_lease_unknown").counter().count())
                .isEqualTo(2);
    }

    @Test
    void asksABusyCacheAgainSoonButNotForLong() throws Exception {
        Cache cache = new Cache();
        HostedLeases leases = leases(cache);
        ask(leases);
        cache.status = 503;

        assertThat(ask(leases).state()).isEqualTo(SegmentLease.State.WAIT);
        nowNanos += Duration.ofSeconds(15).toNanos();
        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
        assertThat(leases.areKept()).isFalse();
        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);

        assertThat(cache.asked).hasSize(3);
    }

    @Test
    void goesOnAtOnceWhenACacheNeverAnswered() throws Exception {
        Cache cache = new Cache();
        HostedLeases leases = leases(cache);
        cache.server.stop(0);

        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);

        assertThat(registry.get("peerdist_fetch_lease_unanswered").counter().count())
                .isEqualTo(1);
    }

    @Test
    void asksTheNextCacheWhenTheFirstKeepsNoLeases() throws Exception {
        Cache first = new Cache();
        first.status = 404;
        Cache second = new Cache();
        HostedLeases leases = leases(first, second);

        assertThat(ask(leases)).isEqualTo(SegmentLease.FREE);
        assertThat(ask(leases)).isEqualTo(GRANTED);

        assertThat(second.asked).hasSize(1);
    }

    @Test
    void givesBackWhatIsNotFetched() throws Exception {
        Cache cache = new Cache();
        HostedLeases leases = leases(cache);
        leases.release(List.of(ID));
        ask(leases);

        leases.release(List.of(ID));

        Await.until("given back", () -> !cache.released.isEmpty());
        assertThat(cache.released).hasSize(1);
        assertThat(cache.released.get(0).segments()).containsExactly(ID);
    }
}
