// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.codec.lease.LeaseState.GRANTED;
import static io.peerdist.codec.lease.LeaseState.HELD;
import static io.peerdist.codec.lease.LeaseState.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.OfferingClient.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchLeasesIT {
    private static final String A = "127.0.0.1";
    private static final String B = "127.0.0.2";
    private static final String ASK = "POST " + LeaseRequest.PATH + " HTTP/1.1\nHost: cache\n";
    private static final String RELEASE = "POST " + LeaseRequest.RELEASE_PATH + " HTTP/1.1\nHost: cache\n";

    @TempDir
    private Path directory;

    @Test
    void hasOthersWaitUntilTheSegmentIsPulledFromWhoFetchesIt() throws Exception {
        SegmentDescriptor segment = Segments.v2(1, 1_000);
        SegmentDescriptor other = Segments.v2(2, 1_000);
        try (RunningCache cache = cache(Map.of());
                LivePeer peer = new LivePeer(directory.resolve("peer")).holdAll(segment)) {
            assertThat(ask(cache, A, 1, segment)).containsExactly(GRANTED);
            assertThat(ask(cache, B, 1, segment, other)).containsExactly(WAIT, GRANTED);

            OfferingClient.offer(cache.address(), A, peer.listen(A), segment);
            Await.until("pulled", () -> cache.pulls("stored") == 1);

            assertThat(ask(cache, B, 1, segment)).containsExactly(HELD);
            assertThat(cache.block(segment.id(), 0)).isEqualTo(Segments.block(segment, 0));
            assertThat(cache.count("peerdist_lease_answers", "answer", "wait")).isEqualTo(1);
            assertThat(cache.registry.get("peerdist_leases").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void takesLeasesBack() throws Exception {
        SegmentDescriptor segment = Segments.v2(1, 1_000);
        try (RunningCache cache = cache(Map.of())) {
            ask(cache, A, 1, segment);

            assertThat(send(cache, A, RELEASE, request(1, segment)).status()).isEqualTo(200);

            assertThat(ask(cache, B, 1, segment)).containsExactly(GRANTED);
        }
    }

    @Test
    void refusesWhatIsNotTheMessage() throws Exception {
        byte[] good = request(1, Segments.v2(1, 1_000));
        byte[] long513 = good.clone();
        long513[6] = 2;
        long513[7] = 1;
        try (RunningCache cache = cache(Map.of())) {
            for (byte[] bad : List.of(new byte[0], new byte[] {1, 2, 3}, long513)) {
                try (OfferingClient client = new OfferingClient(cache.address(), A)) {
                    assertThat(client.send(ASK, bad).status()).isEqualTo(400);
                    assertThat(client.isAtEnd()).isTrue();
                }
            }
            assertThat(cache.count("peerdist_malformed", "protocol", "fetch-leases"))
                    .isEqualTo(3);
            assertThat(send(cache, A, ASK.replace("POST", "PUT"), good).status())
                    .isEqualTo(405);
            assertThat(send(cache, A, ASK, new byte[1 << 20]).status()).isEqualTo(413);
            assertThat(send(cache, A, ASK, good).status()).isEqualTo(200);
        }
    }

    @Test
    void turnsAwayWhoAsksTooOftenAndNobodyElse() throws Exception {
        byte[] request = request(1, Segments.v2(1, 1_000));
        try (RunningCache cache = cache(Map.of("leases.requests-per-minute", "2"))) {
            assertThat(send(cache, A, ASK, request).status()).isEqualTo(200);
            assertThat(send(cache, A, ASK, request).status()).isEqualTo(200);
            assertThat(send(cache, A, ASK, request).status()).isEqualTo(429);
            assertThat(send(cache, B, ASK, request).status()).isEqualTo(200);
            assertThat(cache.count("peerdist_lease_requests_over_quota")).isEqualTo(1);
        }
    }

    @Test
    void knowsNothingOfLeasesWhenTheyAreTurnedOff() throws Exception {
        try (RunningCache cache = cache(Map.of("leases.enabled", "false"))) {
            assertThat(send(cache, A, ASK, request(1, Segments.v2(1, 1_000))).status())
                    .isEqualTo(404);
        }
    }

    private static List<LeaseState> ask(RunningCache cache, String from, long holder, SegmentDescriptor... segments)
            throws IOException {
        Response response = send(cache, from, ASK, request(holder, segments));
        assertThat(response.status()).isEqualTo(200);
        ByteBuffer body = ByteBuffer.allocate(response.body().size());
        response.body().forEach(body::put);
        return LeaseResponse.decode(body.flip()).answers().stream()
                .map(LeaseAnswer::state)
                .toList();
    }

    private static Response send(RunningCache cache, String from, String head, byte[] body) throws IOException {
        try (OfferingClient client = new OfferingClient(cache.address(), from)) {
            return client.send(head, body);
        }
    }

    private static byte[] request(long holder, SegmentDescriptor... segments) {
        List<SegmentId> ids = Stream.of(segments).map(SegmentDescriptor::id).toList();
        return new LeaseRequest(holder, ids).encode();
    }

    private RunningCache cache(Map<String, String> settings) {
        return new RunningCache(directory.resolve("cache"), settings, SegmentKeys.NONE);
    }
}
