// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.codec.lease.LeaseState.GRANTED;
import static io.peerdist.codec.lease.LeaseState.HELD;
import static io.peerdist.codec.lease.LeaseState.UNLEASED;
import static io.peerdist.codec.lease.LeaseState.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.SegmentId;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FetchLeasesTest {
    private static final ClientNetwork A = new ClientNetwork(false, 1);
    private static final ClientNetwork B = new ClientNetwork(false, 2);
    private static final LeaseSettings SETTINGS = new LeaseSettings(
            true, Duration.ofSeconds(10), Duration.ofSeconds(60), 6_000, 4, 3, 2, Duration.ofMinutes(10));
    private final Set<SegmentId> held = new HashSet<>();
    private final Set<SegmentId> pulled = new HashSet<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FetchLeases leases = new FetchLeases(SETTINGS, held::contains, new LeaseMetrics(registry));
    private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos(); // runs over, as nanoTime may

    @Test
    void grantsASegmentToOneAndHasOthersWait() {
        assertThat(ask(A, 1, 1, 2)).containsExactly(GRANTED, GRANTED);
        assertThat(ask(B, 1, 2, 3)).containsExactly(WAIT, GRANTED);
        assertThat(ask(A, 2, 1)).as("another agent of the same address").containsExactly(WAIT);
    }

    @Test
    void givesALeaseThatRanOutToTheNext() {
        ask(A, 1, 1);
        pass(9);
        assertThat(ask(B, 1, 1)).containsExactly(WAIT);
        pass(1);
        assertThat(ask(B, 1, 1)).containsExactly(GRANTED);
        assertThat(registry.get("peerdist_leases_lapsed").counter().count()).isEqualTo(1);
    }

    @Test
    void prolongsALeaseForItsHolderUpToALimit() {
        for (int i = 0; i < 12; i++) {
            assertThat(ask(A, 1, 1)).containsExactly(GRANTED);
            assertThat(ask(B, 1, 1)).containsExactly(WAIT);
            pass(5);
        }
        assertThat(ask(A, 1, 1)).containsExactly(UNLEASED);
        pass(5);
        assertThat(ask(B, 1, 1)).containsExactly(GRANTED);
    }

    @Test
    void endsALeaseWhenTheSegmentIsHeld() {
        ask(A, 1, 1);
        pull(1);

        assertThat(leases.leases()).isZero();
        assertThat(ask(B, 1, 1)).containsExactly(HELD);
    }

    @Test
    void hasAllWaitWhileASegmentIsPulled() {
        pulled.add(id(1));
        assertThat(ask(A, 1, 1)).containsExactly(WAIT);
        assertThat(leases.leases()).isZero();

        pulled.clear();
        assertThat(ask(A, 1, 1)).containsExactly(GRANTED);
        pulled.add(id(1));
        pass(60);
        assertThat(ask(B, 1, 1)).containsExactly(WAIT);
        assertThat(registry.get("peerdist_leases_lapsed").counter().count()).isZero();
    }

    @Test
    void limitsTheLeasesOfOneClientAndOfAll() {
        assertThat(ask(A, 1, 1, 2, 3, 4)).containsExactly(GRANTED, GRANTED, GRANTED, UNLEASED);
        assertThat(ask(B, 1, 4, 5)).containsExactly(GRANTED, UNLEASED);
        assertThat(registry.get("peerdist_leases_table_full").counter().count()).isEqualTo(1);
    }

    @Test
    void barsAClientWhoseLeasesLapseForAWhile() {
        ask(A, 1, 1, 2);
        pass(10);
        assertThat(ask(A, 1, 1)).containsExactly(UNLEASED);
        assertThat(ask(B, 1, 1)).containsExactly(GRANTED);
        pass(601);
        assertThat(ask(A, 1, 2)).containsExactly(GRANTED);
    }

    @Test
    void keepsALeaseWhosePullBroughtNothing() {
        ask(A, 1, 1);
        leases.pulled(id(1), nowNanos);

        assertThat(ask(B, 1, 1)).containsExactly(WAIT);
    }

    @Test
    void takesBackOnlyTheLeasesOfWhoGivesThemBack() {
        ask(A, 1, 1, 2);
        leases.release(B, request(1, 1));
        leases.release(A, request(2, 1));
        assertThat(ask(B, 1, 1, 2)).containsExactly(WAIT, WAIT);

        leases.release(A, request(1, 1, 3));

        assertThat(ask(B, 1, 1, 2)).containsExactly(GRANTED, WAIT);
        assertThat(registry.get("peerdist_leases_released").counter().count()).isEqualTo(1);
        assertThat(registry.get("peerdist_leases_lapsed").counter().count()).isZero();
    }

    @Test
    void tellsToWaitAsLongAsSegmentsTookOfLateButNeitherLessThanATenthNorMoreThanASecond() {
        ask(A, 1, 1);
        assertThat(waitMillis(1)).isEqualTo(500);
        nowNanos += Duration.ofMillis(300).toNanos();
        assertThat(waitMillis(1)).isEqualTo(200);
        nowNanos += Duration.ofMillis(300).toNanos();
        assertThat(waitMillis(1)).isEqualTo(100);
        pass(8);
        pull(1);

        ask(A, 1, 2);

        assertThat(waitMillis(2)).isEqualTo(1_000);
    }

    private int waitMillis(int segment) {
        LeaseAnswer answer =
                leases.ask(B, request(1, segment), pulled::contains, nowNanos).get(0);
        assertThat(answer.state()).isEqualTo(WAIT);
        return answer.millis();
    }

    private List<LeaseState> ask(ClientNetwork client, long holder, int... segments) {
        return leases.ask(client, request(holder, segments), pulled::contains, nowNanos).stream()
                .map(LeaseAnswer::state)
                .toList();
    }

    private static LeaseRequest request(long holder, int... segments) {
        return new LeaseRequest(
                holder, Arrays.stream(segments).mapToObj(FetchLeasesTest::id).toList());
    }

    private void pull(int segment) {
        held.add(id(segment));
        leases.pulled(id(segment), nowNanos);
    }

    private void pass(int seconds) {
        nowNanos += Duration.ofSeconds(seconds).toNanos();
    }

    private static SegmentId id(int number) {
        byte[] octets = new byte[32];
        octets[0] = (byte) number;
        return SegmentId.of(octets);
    }
}
