// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ServedSegmentsTest {
    private static final long HOUR = ServedSegments.REMEMBERED_NANOS;

    private final ServedSegments served = new ServedSegments();

    @Test
    void remembersWhoWasServedWhatForAnHour() {
        served.served(address("10.0.0.1"), Segments.id(1), 5);

        assertThat(served.wasServed(address("10.0.0.1"), Segments.id(1), 5)).isTrue();
        assertThat(served.wasServed(address("10.0.0.1"), Segments.id(1), 5 + HOUR))
                .isTrue();
        assertThat(served.wasServed(address("10.0.0.1"), Segments.id(1), 6 + HOUR))
                .isFalse();
        assertThat(served.wasServed(address("10.0.0.2"), Segments.id(1), 5)).isFalse();
        assertThat(served.wasServed(address("10.0.0.1"), Segments.id(2), 5)).isFalse();
    }

    @Test
    void tellsAddressesOfBothFamiliesApart() {
        served.served(address("2001:db8::1"), Segments.id(1), 0);

        assertThat(served.wasServed(address("2001:db8::1"), Segments.id(1), 0)).isTrue();
        assertThat(served.wasServed(address("2001:db8::2"), Segments.id(1), 0)).isFalse();
        assertThat(served.wasServed(address("0.0.0.1"), Segments.id(1), 0)).isFalse();
    }

    @Test
    void takesLongIdentifiers() {
        SegmentId id = SegmentId.of(Segments.bytes(1, 64));

        served.served(address("10.0.0.1"), id, 0);

        assertThat(served.wasServed(address("10.0.0.1"), id, 0)).isTrue();
    }

    @Test
    void forgetsWhatIsTaken() {
        served.served(address("10.0.0.1"), Segments.id(1), 0);

        assertThat(served.take(address("10.0.0.1"), Segments.id(1), 0)).isTrue();
        assertThat(served.take(address("10.0.0.1"), Segments.id(1), 0)).isFalse();
        assertThat(served.entries()).isZero();
    }

    @Test
    void countsFromTheLastBlockServed() {
        served.served(address("10.0.0.1"), Segments.id(1), 0);
        served.served(address("10.0.0.1"), Segments.id(1), HOUR);

        assertThat(served.entries()).isEqualTo(1);
        assertThat(served.wasServed(address("10.0.0.1"), Segments.id(1), 2 * HOUR))
                .isTrue();
    }

    @Test
    void forgetsThoseServedLongestAgoBeyondItsRoom() {
        ServedSegments small = new ServedSegments(160);

        IntStream.range(0, 2_000).forEach(number -> small.served(address("10.0.0.1"), Segments.id(number), number));

        assertThat(small.entries()).isEqualTo(160);
        assertThat(small.wasServed(address("10.0.0.1"), Segments.id(1_999), 2_000))
                .isTrue();
        assertThat(small.wasServed(address("10.0.0.1"), Segments.id(0), 2_000)).isFalse();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
