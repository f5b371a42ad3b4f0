// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

class OutstandingBytesRandomizedTest {
    private record Segment(InetAddress client, int bytes) {}

    @RandomizedTest
    void countsWhatWasAddedAndNotRemoved(Gen gen) throws UnknownHostException {
        OutstandingBytes outstanding = new OutstandingBytes(1_000);
        List<Segment> segments = new ArrayList<>();
        List<InetAddress> clients = List.of(
                InetAddress.getByName("192.0.2.1"),
                InetAddress.getByName("192.0.2.2"),
                InetAddress.getByName("2001:db8::1"),
                InetAddress.getByName("2001:db8:0:1::1"));
        for (int i = gen.lengthUpTo(300); i > 0; i--) {
            InetAddress client = gen.oneOf(clients);
            if (gen.bool() && !segments.isEmpty()) {
                Segment done = segments.remove(gen.intBetween(0, segments.size() - 1));
                outstanding.remove(done.client(), done.bytes());
            } else if (outstanding.hasRoom(client)) {
                Segment offered = new Segment(client, gen.intBetween(1, 400));
                segments.add(offered);
                outstanding.add(client, offered.bytes());
            }
            for (InetAddress each : clients) {
                long bytes = segments.stream()
                        .filter(segment -> segment.client().equals(each))
                        .mapToLong(Segment::bytes)
                        .sum();
                assertThat(outstanding.of(each)).isEqualTo(bytes).isLessThan(1_400);
                assertThat(outstanding.hasRoom(each)).isEqualTo(bytes < 1_000);
            }
            assertThat(outstanding.clients()).isEqualTo((int)
                    segments.stream().map(Segment::client).distinct().count());
        }
    }
}
