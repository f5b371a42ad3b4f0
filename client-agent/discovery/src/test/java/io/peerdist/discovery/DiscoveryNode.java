// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.message.DiscoveryVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A machine of {@link MulticastNamespaceIT}: holds the segment with the number of its first argument, prints {@code ready},
 * and obeys lines: {@code search V1 3} prints who holds segment 3; {@code networks} prints the networks; the end of the input
 * ends it.
 */
final class DiscoveryNode {
    private static final RequesterSettings PATIENT =
            new RequesterSettings(Duration.ofSeconds(5), 2, 1_452, Duration.ZERO, Duration.ZERO);

    private DiscoveryNode() {}

    public static void main(String[] arguments) throws IOException {
        int held = Integer.parseInt(arguments[0]);
        LocalSegments segments = asked -> CompletableFuture.completedFuture(asked.stream()
                .filter(Samples.id(held)::equals)
                .map(id -> new LocalSegment(id, 32, true, Duration.ofSeconds(1), PeerReplies.NONE))
                .toList());
        InterfaceChoice choice = new InterfaceChoice(
                List.of(), arguments.length > 1 ? List.of(InterfaceRule.parse(arguments[1])) : List.of());
        DiscoverySettings settings = new DiscoverySettings(
                new DiscoveryReach.Multicast(DiscoveryReach.PORT),
                choice,
                true,
                RateLimits.DEFAULT,
                ResponderSettings.DEFAULT,
                PATIENT);
        FakeLoop clock = new FakeLoop(); // stands still: nothing here depends on it
        try (Discovery discovery = Discovery.start(
                settings,
                segments,
                ServingAddresses.ownPort(8_080),
                new Discovery.Environment(InstantSource.system(), clock, new Random(), new SimpleMeterRegistry()))) {
            say("ready");
            obey(discovery);
        }
    }

    private static void obey(Discovery discovery) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("networks")) {
                say(discovery.networks().stream()
                        .map(each -> each.interfaceName() + "/" + each.address().getHostAddress())
                        .collect(Collectors.joining(" ", "networks ", "")));
            } else {
                SegmentId wanted = Samples.id(Integer.parseInt(words[2]));
                DiscoveryResult result = Await.result(discovery.search(
                        DiscoveryVersion.valueOf(words[1]), List.of(wanted), Integer.parseInt(words[3])));
                say(result.of(wanted).stream()
                        .map(each -> each.address().getAddress().getHostAddress() + "|"
                                + each.address().getPort())
                        .sorted()
                        .collect(Collectors.joining(" ", "found ", "")));
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
