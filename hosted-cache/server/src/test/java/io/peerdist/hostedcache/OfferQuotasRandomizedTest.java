// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

class OfferQuotasRandomizedTest {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Buckets as one would draw them: so many nanoseconds of credit, an offer costs its share of a minute. */
    private static final class Buckets {
        private static final class Bucket {
            private final ClientNetwork client;
            private long creditNanos;
            private long seenNanos;

            Bucket(ClientNetwork client, long creditNanos, long seenNanos) {
                this.client = client;
                this.creditNanos = creditNanos;
                this.seenNanos = seenNanos;
            }
        }

        private final long costNanos;
        private final long fullNanos;
        private final int maxClients;
        private final List<Bucket> latestLast = new ArrayList<>();

        Buckets(int offersPerMinute, int maxClients) {
            costNanos = MINUTE_NANOS / offersPerMinute;
            fullNanos = costNanos * offersPerMinute;
            this.maxClients = maxClients;
        }

        long offer(ClientNetwork client, long nowNanos) {
            Bucket bucket = latestLast.stream()
                    .filter(known -> known.client.equals(client))
                    .findFirst()
                    .orElseGet(() -> new Bucket(client, fullNanos, nowNanos));
            latestLast.remove(bucket);
            latestLast.add(bucket);
            if (latestLast.size() > maxClients) {
                latestLast.remove(0);
            }
            bucket.creditNanos = Math.min(fullNanos, bucket.creditNanos + nowNanos - bucket.seenNanos);
            bucket.seenNanos = nowNanos;
            if (bucket.creditNanos < costNanos) {
                return costNanos - bucket.creditNanos;
            }
            bucket.creditNanos -= costNanos;
            return 0;
        }
    }

    @RandomizedTest(tries = 200)
    void decidesAsBucketsDo(Gen gen) {
        int offersPerMinute = gen.intBetween(1, 20);
        int maxClients = gen.intBetween(1, 5);
        OfferQuotas quotas = new OfferQuotas(offersPerMinute, maxClients);
        Buckets buckets = new Buckets(offersPerMinute, maxClients);
        long nowNanos = gen.random().nextLong();
        for (int i = gen.lengthUpTo(500); i > 0; i--) {
            ClientNetwork client = new ClientNetwork(gen.bool(), gen.intBetween(0, 3));
            nowNanos += gen.oneOf(0L, 1L, gen.longBetween(0, 10_000_000_000L), gen.longBetween(0, 2 * MINUTE_NANOS));

            assertThat(quotas.offer(client, nowNanos)).isEqualTo(buckets.offer(client, nowNanos));
            assertThat(quotas.clients()).isLessThanOrEqualTo(maxClients);
        }
    }
}
