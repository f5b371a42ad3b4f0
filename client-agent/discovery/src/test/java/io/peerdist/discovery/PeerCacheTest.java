// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.PEER;
import static io.peerdist.discovery.Samples.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PeerCacheTest {
    private final PeerCache cache = new PeerCache(Duration.ofSeconds(60), Duration.ofSeconds(15));

    @Test
    void makesRoomByTheSegmentAskedForLongestAgo() {
        for (int i = 0; i < PeerCache.MAX_SEGMENTS; i++) {
            cache.add(id(i), new DiscoveredPeer(PEER, 1, false, null), 0);
        }
        assertThat(cache.find(id(0), 0)).hasSize(1);

        cache.addAbsence(id(-1), 0);

        assertThat(cache.size()).isEqualTo(PeerCache.MAX_SEGMENTS);
        assertThat(cache.find(id(0), 0)).hasSize(1);
        assertThat(cache.find(id(1), 0)).isNull();
    }

    @Test
    void doesNotTakeSilenceForAbsenceWhereSomebodyAnswered() {
        cache.add(id(0), new DiscoveredPeer(PEER, 1, false, null), 0);
        cache.addAbsence(id(0), 0);

        assertThat(cache.find(id(0), Duration.ofSeconds(59).toNanos())).hasSize(1);
        assertThat(cache.find(id(0), Duration.ofSeconds(60).toNanos())).isNull();
        assertThat(cache.size()).isZero();
    }
}
