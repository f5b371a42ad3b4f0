// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.hostedcache.PullSchedule.Pull;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PullScheduleTest {
    private static final Duration LEFT_OUT_FOR = Duration.ofSeconds(30);
    private static final long LEFT_OUT_NANOS = LEFT_OUT_FOR.toNanos();
    private static final InetSocketAddress A = peer(1);
    private static final InetSocketAddress B = peer(2);
    private static final InetSocketAddress C = peer(3);

    private final PullSchedule schedule = new PullSchedule(new PullLimits(8, 4, 100, 50, LEFT_OUT_FOR));

    @Test
    void pullsASegmentFromThePeerThatOfferedIt() {
        assertThat(offer(A, 1)).isEqualTo(OfferResult.QUEUED);

        Pull pull = next();

        assertThat(pull.peer()).isEqualTo(A);
        assertThat(pull.segment().offered()).isEqualTo(OfferedSegment.of(Segments.v2(1, 1000)));
        assertThat(schedule.next()).isNull();
        assertThat(end(pull, PullResult.STORED)).isEmpty();
        assertThat(schedule.segments()).isZero();
        assertThat(schedule.active()).isZero();
    }

    @Test
    void wantsASegmentOnceHoweverManyOfferIt() {
        offer(A, 1);

        assertThat(offer(A, 1)).isEqualTo(OfferResult.DUPLICATE);
        assertThat(offer(B, 1)).isEqualTo(OfferResult.REMEMBERED);
        assertThat(offer(B, 1)).isEqualTo(OfferResult.DUPLICATE);
        Pull pull = next();
        assertThat(offer(C, 1)).isEqualTo(OfferResult.REMEMBERED);
        assertThat(schedule.next()).isNull();
        end(pull, PullResult.STORED);
        assertThat(schedule.next()).isNull();
    }

    @Test
    void remembersNoMorePeersThanItsLimit() {
        offer(A, 1);
        for (int i = 0; i < WantedSegment.MAX_OTHER_OFFERS; i++) {
            assertThat(offer(peer(10 + i), 1)).isEqualTo(OfferResult.REMEMBERED);
        }
        assertThat(offer(peer(99), 1)).isEqualTo(OfferResult.DUPLICATE);
    }

    @ParameterizedTest
    @EnumSource(
            value = PullResult.class,
            names = {"PARTIAL", "MISSING", "WRONG", "CONNECT", "FAILED"})
    void asksTheNextPeerThatOfferedAfter(PullResult result) {
        offer(A, 1);
        offer(B, 1);

        end(next(), result);

        Pull second = next();
        assertThat(second.peer()).isEqualTo(B);
        end(second, PullResult.MISSING);
        assertThat(schedule.next()).isNull();
        assertThat(schedule.segments()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = PullResult.class,
            names = {"WRONG", "CONNECT", "FAILED"})
    void asksTheOnlyPeerOnceMoreAfter(PullResult result) {
        offer(A, 1);

        end(next(), result);

        Pull second = next();
        assertThat(second.peer()).isEqualTo(A);
        end(second, result);
        assertThat(schedule.next()).isNull();
        assertThat(schedule.segments()).isZero();
    }

    @Test
    void keepsBlockHashesWithinTheirLimit() {
        OfferedSegment described =
                OfferedSegment.of(ContentSegment.v1(1, 1_000_000).description(), ContentTag.BITS);
        assertThat(described.descriptionBytes()).isEqualTo(16 * 32);
        PullSchedule roomy = new PullSchedule(new PullLimits(8, 4, 1_000_000, 1_000_000, Long.MAX_VALUE, LEFT_OUT_FOR));
        int most = PullSchedule.MAX_DESCRIPTION_BYTES / described.descriptionBytes();
        for (int i = 0; i < most; i++) {
            assertThat(roomy.offer(A, withId(described, i), 0)).isEqualTo(OfferResult.QUEUED);
        }
        assertThat(roomy.descriptionBytes()).isEqualTo(PullSchedule.MAX_DESCRIPTION_BYTES);
        assertThat(roomy.offer(B, withId(described, most), 0)).isEqualTo(OfferResult.QUEUE_FULL);
        assertThat(roomy.offer(B, withId(described, 0), 0)).isEqualTo(OfferResult.DUPLICATE);
        assertThat(roomy.offer(B, OfferedSegment.of(Segments.v2(1, 1000)), 0)).isEqualTo(OfferResult.QUEUED);

        roomy.ended(requireNonNull(roomy.next()), PullResult.STORED, 0);

        assertThat(roomy.offer(B, withId(described, most), 0)).isEqualTo(OfferResult.QUEUED);
        roomy.clear();
        assertThat(roomy.descriptionBytes()).isZero();
    }

    private static OfferedSegment withId(OfferedSegment segment, int number) {
        byte[] id = new byte[32];
        ByteBuffer.wrap(id).putInt(number);
        return new OfferedSegment(
                SegmentId.of(id), segment.blockBytes(), segment.segmentBytes(), segment.tag(), segment.description());
    }

    @ParameterizedTest
    @EnumSource(
            value = PullResult.class,
            names = {"NOT_STORED", "OVERLOADED", "STOPPED", "HELD", "STORED"})
    void asksNobodyElseAfter(PullResult result) {
        offer(A, 1);
        offer(B, 1);

        end(next(), result);

        assertThat(schedule.next()).isNull();
        assertThat(schedule.segments()).isZero();
    }

    @Test
    void followsTheDescriptionOfThePeerThatIsAsked() {
        schedule.offer(A, OfferedSegment.of(Segments.v2(1, 1000)), 0);
        schedule.offer(B, OfferedSegment.of(Segments.v2(1, 2000)), 0);

        end(next(), PullResult.WRONG);

        assertThat(next().segment().offered()).isEqualTo(OfferedSegment.of(Segments.v2(1, 2000)));
    }

    @Test
    void leavesAPeerOutForAWhileThatTimedOutThreeTimesInARow() {
        offer(A, 1);
        for (int i = 0; i < 3; i++) {
            Pull pull = next();
            assertThat(pull.peer()).isEqualTo(A);
            end(pull, PullResult.TIMEOUT);
        }

        assertThat(schedule.next()).isNull();
        assertThat(schedule.segments()).isZero();
        assertThat(schedule.offer(A, OfferedSegment.of(Segments.v2(2, 1000)), LEFT_OUT_NANOS - 1))
                .isEqualTo(OfferResult.LEFT_OUT);
        assertThat(schedule.offer(A, OfferedSegment.of(Segments.v2(2, 1000)), LEFT_OUT_NANOS))
                .isEqualTo(OfferResult.QUEUED);
    }

    @Test
    void leavesAPeerOutAgainAfterOneMoreFailure() {
        offer(A, 1);
        for (int i = 0; i < 3; i++) {
            end(next(), PullResult.TIMEOUT);
        }
        schedule.offer(A, OfferedSegment.of(Segments.v2(2, 1000)), LEFT_OUT_NANOS);
        schedule.ended(next(), PullResult.TIMEOUT, LEFT_OUT_NANOS);

        assertThat(schedule.offer(A, OfferedSegment.of(Segments.v2(3, 1000)), LEFT_OUT_NANOS + 1))
                .isEqualTo(OfferResult.LEFT_OUT);
    }

    @Test
    void handsWhatWaitsForAPeerThatIsLeftOutToOthersAndGivesUpTheRest() {
        for (int i = 1; i <= 4; i++) {
            offer(A, i);
        }
        offer(B, 4);
        List<WantedSegment> givenUp = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            givenUp.addAll(end(next(), PullResult.CONNECT));
        }

        // Three were asked for in vain, and nobody else has them: the two that would have had another try are given up
        // when
        // the peer is left out. The fourth waits for the other peer now.
        assertThat(givenUp).hasSize(2);
        assertThat(schedule.segments()).isEqualTo(1);
        assertThat(next().peer()).isEqualTo(B);
    }

    @Test
    void givesUpWhatOnlyAPeerHasThatIsLeftOut() {
        for (int i = 1; i <= 10; i++) {
            offer(A, i);
        }
        List<WantedSegment> givenUp = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            givenUp.addAll(end(next(), PullResult.CONNECT));
        }

        assertThat(givenUp).hasSize(9);
        assertThat(schedule.segments()).isZero();
    }

    @Test
    void aSuccessEndsARowOfFailures() {
        for (int i = 1; i <= 5; i++) {
            offer(A, i);
        }
        end(next(), PullResult.CONNECT);
        end(next(), PullResult.CONNECT);
        end(next(), PullResult.STORED);
        end(next(), PullResult.CONNECT);

        assertThat(offer(A, 9)).isEqualTo(OfferResult.QUEUED);
    }

    @Test
    void pullsOneAtATimeFromAPeerUntilItHasAnswered() {
        for (int i = 1; i <= 10; i++) {
            offer(A, i);
        }
        Pull first = next();
        assertThat(schedule.next()).isNull();

        end(first, PullResult.STORED);

        List<Pull> pulls = drain();
        assertThat(pulls).hasSize(4);
    }

    @Test
    void peersTakeTurns() {
        for (int i = 1; i <= 20; i++) {
            offer(A, i);
        }
        answerOnce();
        offer(B, 30);
        offer(C, 40);

        assertThat(drain()).extracting(Pull::peer).containsSubsequence(B, C, A);
    }

    @Test
    void neverPullsMoreAtOnceThanAllowed() {
        for (int i = 1; i <= 20; i++) {
            offer(peer(i), i);
        }

        assertThat(drain()).hasSize(8);
    }

    @Test
    void keepsHalfOfThePullsFreeOfPeersThatFailedLast() {
        for (int i = 1; i <= 8; i++) {
            offer(peer(i), i);
        }
        for (Pull pull : drain()) {
            end(pull, PullResult.TIMEOUT);
        }

        assertThat(drain()).hasSize(4).allMatch(Pull::ofSuspect);
        offer(peer(100), 100);
        assertThat(next().peer()).isEqualTo(peer(100));
    }

    @Test
    void dropsWhatTheQueueHasNoRoomFor() {
        for (int i = 0; i < 100; i++) {
            assertThat(offer(i < 50 ? A : B, i)).isEqualTo(OfferResult.QUEUED);
        }
        assertThat(offer(C, 100)).isEqualTo(OfferResult.QUEUE_FULL);
        assertThat(offer(C, 7)).isEqualTo(OfferResult.REMEMBERED);
    }

    @Test
    void dropsWhatOneAddressOffersBeyondItsShareWhateverThePort() {
        for (int i = 0; i < 50; i++) {
            assertThat(offer(new InetSocketAddress(A.getAddress(), 1000 + i % 2), i))
                    .isEqualTo(OfferResult.QUEUED);
        }
        assertThat(offer(new InetSocketAddress(A.getAddress(), 2000), 50)).isEqualTo(OfferResult.ADDRESS_FULL);
        assertThat(offer(B, 50)).isEqualTo(OfferResult.QUEUED);

        end(next(), PullResult.STORED);

        assertThat(offer(A, 51)).isEqualTo(OfferResult.QUEUED);
    }

    @Test
    void dropsOffersFromTooManyPortsOfOneAddress() {
        PullSchedule roomy = new PullSchedule(new PullLimits(8, 4, 10_000, 10_000, LEFT_OUT_FOR));
        for (int i = 0; i < PullSchedule.MAX_PORTS_PER_ADDRESS; i++) {
            roomy.offer(new InetSocketAddress(A.getAddress(), 1000 + i), OfferedSegment.of(Segments.v2(i, 1000)), 0);
        }

        assertThat(roomy.offer(
                        new InetSocketAddress(A.getAddress(), 5000), OfferedSegment.of(Segments.v2(9999, 1000)), 0))
                .isEqualTo(OfferResult.ADDRESS_FULL);
    }

    @Test
    void forgetsIdlePeersWhenThereAreTooMany() {
        for (int i = 0; i < PullSchedule.MAX_PEERS + 100; i++) {
            assertThat(offer(peer(i), i)).isEqualTo(OfferResult.QUEUED);
            end(next(), PullResult.STORED);
        }
    }

    @Test
    void clearingKeepsOnlyWhatIsUnderWay() {
        offer(A, 1);
        offer(A, 2);
        offer(B, 3);
        Pull pull = next();

        schedule.clear();

        assertThat(schedule.segments()).isEqualTo(1);
        assertThat(schedule.next()).isNull();
        end(pull, PullResult.STORED);
        assertThat(schedule.segments()).isZero();
        assertThat(offer(A, 2)).isEqualTo(OfferResult.QUEUED);
        assertThat(next().segment().offered().id()).isEqualTo(id(2));
    }

    private OfferResult offer(InetSocketAddress peer, int number) {
        return schedule.offer(peer, OfferedSegment.of(Segments.v2(number, 1000)), 0);
    }

    private Pull next() {
        Pull pull = schedule.next();
        if (pull == null) {
            throw new AssertionError("nothing to pull");
        }
        return pull;
    }

    private List<Pull> drain() {
        List<Pull> pulls = new ArrayList<>();
        for (Pull pull = schedule.next(); pull != null; pull = schedule.next()) {
            pulls.add(pull);
        }
        return pulls;
    }

    private void answerOnce() {
        end(next(), PullResult.STORED);
    }

    private List<WantedSegment> end(Pull pull, PullResult result) {
        return schedule.ended(pull, result, 0);
    }

    private static SegmentId id(int number) {
        return Segments.id(number);
    }

    private static InetSocketAddress peer(int number) {
        try {
            byte[] address = {10, 0, (byte) (number >> 8), (byte) number};
            return new InetSocketAddress(InetAddress.getByAddress(address), 8000);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
