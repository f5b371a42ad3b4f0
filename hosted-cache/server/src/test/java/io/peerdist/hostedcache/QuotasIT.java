// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.OfferingClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotasIT {
    private static final String LOCAL = "127.0.0.1";
    private static final String OTHER = "127.0.0.2";

    @TempDir
    private Path directory;

    @Test
    void turnsOffersBeyondTheMinutesShareAwayBeforeLookingAtThem() throws Exception {
        try (RunningCache cache = cache(Map.of("quotas.offers-per-minute", "2"))) {
            SegmentDescriptor segment = Segments.v2(1, 1_000);
            assertThat(OfferingClient.offer(cache.address(), LOCAL, 9, segment).status())
                    .isEqualTo(200);
            assertThat(OfferingClient.offer(cache.address(), LOCAL, 9, segment).status())
                    .isEqualTo(200);

            try (OfferingClient client = new OfferingClient(cache.address(), LOCAL)) {
                Response response = client.post(new byte[] {1, 2, 3}); // which would be malformed

                assertThat(response.status()).isEqualTo(429);
                assertThat(Integer.parseInt(response.headers().get("retry-after")))
                        .isBetween(1, 31);
                assertThat(client.isAtEnd()).isTrue();
            }
            assertThat(OfferingClient.offer(cache.address(), OTHER, 9, segment).status())
                    .isEqualTo(200);
            assertThat(cache.count("peerdist_offers_over_quota", "reason", "offers_per_minute"))
                    .isEqualTo(1);
            assertThat(cache.count("peerdist_malformed", "protocol", "MS-PCHC")).isZero();
        }
    }

    @Test
    void servesBlocksAlsoToWhoHasUsedUpItsOffers() throws Exception {
        SegmentDescriptor segment = Segments.v2(1, 1_000);
        try (RunningCache cache = cache(Map.of("quotas.offers-per-minute", "1"));
                LivePeer peer = new LivePeer(directory.resolve("peer")).holdAll(segment)) {
            OfferingClient.offer(cache.address(), LOCAL, peer.listen(LOCAL), segment);
            Await.until("pulled", () -> cache.pulls("stored") == 1);
            assertThat(OfferingClient.offer(cache.address(), LOCAL, 9, segment).status())
                    .isEqualTo(429);

            assertThat(cache.block(segment.id(), 0)).isEqualTo(Segments.block(segment, 0));
        }
    }

    @Test
    void turnsOffersAwayWhileTooManyBytesOfTheirClientWait() throws Exception {
        SegmentDescriptor[] segments = new SegmentDescriptor[10];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = Segments.v2(i, 131_072);
        }
        // 1 MiB has room for eight of them. Connections are taken by the kernel, and then nothing happens.
        try (RunningCache cache = cache(Map.of("quotas.bytes-outstanding", "1MiB", "request-timeout", "100ms"));
                ServerSocket stalling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(OfferingClient.offer(cache.address(), LOCAL, stalling.getLocalPort(), segments)
                            .status())
                    .isEqualTo(200);
            Await.until("two dropped", () -> cache.offers("client_bytes") == 2);
            assertThat(cache.offers("queued")).isEqualTo(8);

            Response response = OfferingClient.offer(cache.address(), LOCAL, 9, segments);

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.headers()).containsEntry("retry-after", "30");
            assertThat(cache.count("peerdist_offers_over_quota", "reason", "bytes_outstanding"))
                    .isEqualTo(1);
            assertThat(OfferingClient.offer(cache.address(), OTHER, 9, Segments.v2(99, 131_072))
                            .status())
                    .isEqualTo(200);

            Await.until("given up", () -> cache.pulls("timeout") == 3);
            Await.until("room again", () -> status(cache, segments[9]) == 200);
        }
    }

    private static int status(RunningCache cache, SegmentDescriptor segment) {
        try {
            return OfferingClient.offer(cache.address(), LOCAL, 9, segment).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunningCache cache(Map<String, String> settings) {
        return new RunningCache(directory.resolve("cache"), settings, SegmentKeys.NONE);
    }
}
