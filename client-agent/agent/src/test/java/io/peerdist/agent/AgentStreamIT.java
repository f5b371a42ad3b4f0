// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentAnswers;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.stream.ContentStream;
import io.peerdist.agent.stream.StreamRequest;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that take files from an agent with a store of its own. */
class AgentStreamIT {
    private static final OfferSettings OFFERS = new OfferSettings(true, Duration.ofSeconds(10), Duration.ofMinutes(1));

    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T component) {
        opened.add(component);
        return component;
    }

    private Agent agent(Path data, HostPort... hostedCaches) {
        AgentSettings settings = AgentSettings.of(
                        data,
                        256 << 20,
                        List.of(hostedCaches),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .withOffers(OFFERS);
        return opened(Agent.open(settings, Clock.system(), new SimpleMeterRegistry(), warnings::add));
    }

    private static StreamRequest whole(TestOrigin origin, int version) {
        OriginAnswer answer = ContentAnswers.of(
                origin.url("/file.bin"),
                200,
                Map.of("Content-Encoding", "peerdist").entrySet(),
                TestContent.information(origin.content, version).encode());
        return StreamRequest.whole((OriginAnswer.Hashes) answer, List.of());
    }

    private static byte[] take(Agent agent, StreamRequest request) {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        try (ContentStream stream = agent.streams().start(request, () -> {}).orElseThrow()) {
            Await.until("all is taken", Duration.ofMinutes(1), () -> {
                for (ByteBuffer next = stream.poll(); next != null; next = stream.poll()) {
                    taken.write(next.array(), next.arrayOffset() + next.position(), next.remaining());
                }
                return stream.isComplete() || stream.failure() != null;
            });
        }
        return taken.toByteArray();
    }

    @Test
    void offersToHostedCachesWhatAProgramTook() {
        byte[] content = TestContent.random(6_000_000, 90);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        StreamRequest request = whole(origin, 2);

        assertThat(take(agent(directory.resolve("a"), cache.hostPort()), request))
                .isEqualTo(content);

        List<SegmentDescription> segments = request.hashes().information().segments();
        Await.until("all is offered", () -> cache.offered.size() == segments.size());
        assertThat(cache.offered)
                .extracting(SegmentDescriptor::id)
                .containsExactlyInAnyOrderElementsOf(
                        segments.stream().map(SegmentDescription::id).toList());
        Await.until(
                "all is pulled",
                () -> segments.stream()
                        .allMatch(segment ->
                                cache.source.peek(segment.id()).blocks().contains(0)));
        long payloadBytes = origin.payloadBytes.get();
        assertThat(take(agent(directory.resolve("b"), cache.hostPort()), request))
                .isEqualTo(content);
        assertThat(origin.payloadBytes.get()).isEqualTo(payloadBytes);
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    @Test
    void givesAProgramItsBytesWhenTheDiskIsFull() throws Exception {
        byte[] content = TestContent.random(40_000_000, 91);
        TestOrigin origin = opened(new TestOrigin(content));
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
                "skipped: small file systems are for root, with the right to mount");
        opened(() -> assertThat(succeeds("umount", disk.toString())).isTrue());
        Agent agent = agent(disk.resolve("data"));

        assertThat(take(agent, whole(origin, 1))).isEqualTo(content);
        assertThat(take(agent, whole(origin, 2))).isEqualTo(content);

        assertThat(agent.statistics())
                .hasValueSatisfying(held -> assertThat(held.liveBytes()).isLessThan(24 << 20));
    }
}
