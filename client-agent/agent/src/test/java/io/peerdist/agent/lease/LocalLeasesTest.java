// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.plan.SegmentLease.State;
import io.peerdist.codec.pccrc.SegmentId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalLeasesTest {
    private static final Object A = "A";
    private static final Object B = "B";

    private final LocalLeases leases = new LocalLeases();
    private long now = Long.MAX_VALUE - 1;

    @Test
    void givesASegmentToWhoAsksFirst() {
        assertThat(ask(A, 1)).isEqualTo(State.GRANTED);
        assertThat(ask(B, 1)).isEqualTo(State.WAIT);
        assertThat(ask(B, 2)).isEqualTo(State.GRANTED);
        assertThat(ask(A, 1)).isEqualTo(State.GRANTED);
    }

    @Test
    void tellsForAWhileWhatIsInTheLocalCache() {
        ask(A, 1);
        leases.completed(A, id(1), now);

        assertThat(ask(B, 1)).isEqualTo(State.IN_LOCAL_CACHE);
        pass(LocalLeases.COMPLETED_FOR);
        assertThat(ask(B, 1)).as("it was not to be found there").isEqualTo(State.GRANTED);
        assertThat(leases.leases()).isEqualTo(1);
    }

    @Test
    void givesTheSegmentsOfADownloadThatEndsToTheNext() {
        ask(A, 1);
        ask(A, 2);
        ask(B, 3);

        leases.ended(A);

        assertThat(leases.leases()).isEqualTo(1);
        assertThat(ask(B, 1)).isEqualTo(State.GRANTED);
        assertThat(leases.holder(id(1))).isEqualTo(B);
    }

    @Test
    void doesNotLetADownloadThatStandsStillHoldUpOthers() {
        ask(A, 1);
        pass(LocalLeases.TIME_TO_LIVE.minusNanos(1));
        assertThat(ask(B, 1)).isEqualTo(State.WAIT);
        pass(Duration.ofNanos(1));
        assertThat(ask(B, 1)).isEqualTo(State.GRANTED);
        assertThat(ask(A, 1)).isEqualTo(State.WAIT);
    }

    @Test
    void doesNotLetADownloadThatAsksForEverHoldUpOthers() {
        for (int i = 0; i < 6; i++) {
            ask(A, 1);
            assertThat(ask(B, 1)).isEqualTo(State.WAIT);
            pass(Duration.ofSeconds(5));
        }

        assertThat(ask(B, 1)).isEqualTo(State.GRANTED);
    }

    @Test
    void keepsOnlySoMany() {
        for (int i = 0; i < LocalLeases.MAX_LEASES; i++) {
            ask(A, i);
        }

        assertThat(ask(A, LocalLeases.MAX_LEASES)).isEqualTo(State.GRANTED);
        assertThat(ask(B, LocalLeases.MAX_LEASES)).as("nobody waits for it").isEqualTo(State.GRANTED);
        assertThat(leases.leases()).isEqualTo(LocalLeases.MAX_LEASES);
    }

    private State ask(Object download, int segment) {
        return leases.ask(download, id(segment), now).state();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static SegmentId id(int number) {
        byte[] octets = new byte[32];
        octets[0] = (byte) number;
        octets[1] = (byte) (number >> 8);
        octets[2] = (byte) (number >> 16);
        return SegmentId.of(octets);
    }
}
