// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.discovery.message.DiscoveryEncoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import io.peerdist.discovery.message.ProbeMatch;
import io.peerdist.discovery.message.ProbeMatches;
import io.peerdist.discovery.message.SegmentBlocks;
import io.peerdist.discovery.message.SegmentPresence;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server role: answers probes for segments that this machine holds, to the prober alone, after a random while. Lives on
 * one thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2</a>
 */
final class Responder {
    /** How many answers may be in the making; at 2,000 probes a second and 65 ms there are 130. */
    static final int MAX_PENDING = 1_024;
    /** How many probes are remembered, so that repetitions are known. */
    static final int MAX_REMEMBERED = 4_096;
    /** Repetitions of SOAP-over-UDP come within this time; iPXE asks anew after a second, with the same identifier. */
    static final Duration DUPLICATE_WINDOW = Duration.ofMillis(900);

    private static final Logger LOG = LoggerFactory.getLogger(Responder.class);

    private record ReceivedProbe(InetSocketAddress from, String messageId) {}

    private final ResponderSettings settings;
    private final LocalSegments segments;
    private final ServingAddresses addresses;
    private final LocalNetworks networks;
    private final OwnInstance instance;
    private final LoopTasks tasks;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final DatagramSender sender;
    private final DiscoveryMetrics metrics;
    private final UdpRepetition repetition;

    private final Map<ReceivedProbe, Long> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ReceivedProbe, Long> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private int pending;

    /** What a responder is made of. */
    record Parts(
            LocalSegments segments,
            ServingAddresses addresses,
            LocalNetworks networks,
            OwnInstance instance,
            LoopTasks tasks,
            LongSupplier nanoTime,
            RandomGenerator random,
            DatagramSender sender,
            DiscoveryMetrics metrics) {}

    Responder(ResponderSettings settings, Parts parts) {
        this.settings = settings;
        segments = parts.segments();
        addresses = parts.addresses();
        networks = parts.networks();
        instance = parts.instance();
        tasks = parts.tasks();
        nanoTime = parts.nanoTime();
        random = parts.random();
        sender = parts.sender();
        metrics = parts.metrics();
        repetition = new UdpRepetition(tasks, random);
    }

    /**
     * Takes a probe.
     *
     * @param network the subnet of {@code from}
     * @param own whether a message is one that this process sent and heard itself
     */
    void receive(InetSocketAddress from, LocalNetwork network, Probe probe, Predicate<String> own) {
        ProbeResult refusal = refusal(from, probe, own);
        if (refusal != null) {
            metrics.probe(refusal);
            return;
        }
        pending++;
        CompletionStage<List<LocalSegment>> lookUp;
        try {
            lookUp = segments.held(probe.segmentIds());
        } catch (RuntimeException e) {
            failed(from, e);
            return;
        }
        lookUp.whenComplete((held, failure) -> tasks.execute(() -> {
            if (failure != null) {
                failed(from, failure);
                return;
            }
            try {
                found(from, network, probe, held);
            } catch (RuntimeException e) {
                failed(from, e);
            }
        }));
    }

    /** What the store throws must cost this answer alone. */
    private void failed(InetSocketAddress from, Throwable failure) {
        LOG.warn("probe from {}: not answered, as the look-up of its segments failed", from, failure);
        ended(ProbeResult.FAILED);
    }

    private @Nullable ProbeResult refusal(InetSocketAddress from, Probe probe, Predicate<String> own) {
        if (own.test(probe.messageId())) {
            return ProbeResult.OWN;
        }
        long now = nanoTime.getAsLong();
        ReceivedProbe received = new ReceivedProbe(from, probe.messageId());
        Long before = remembered.get(received);
        if (before != null && now - before < DUPLICATE_WINDOW.toNanos()) {
            return ProbeResult.DUPLICATE;
        }
        if (pending >= MAX_PENDING) {
            return ProbeResult.OVERLOAD;
        }
        remembered.remove(received);
        remembered.put(received, now);
        return null;
    }

    private void ended(ProbeResult result) {
        pending--;
        metrics.probe(result);
    }

    private void found(InetSocketAddress from, LocalNetwork network, Probe probe, List<LocalSegment> held) {
        Map<SegmentId, LocalSegment> answered = new LinkedHashMap<>();
        Set<SegmentId> asked = new HashSet<>(probe.segmentIds());
        boolean anyHeld = false;
        for (LocalSegment each : held) {
            if (asked.contains(each.segmentId())) {
                anyHeld = true;
                if (settings.quorum().answers(each.replies(), random)) {
                    answered.put(each.segmentId(), each);
                }
            }
        }
        if (answered.isEmpty()) {
            ended(anyHeld ? ProbeResult.QUORUM : ProbeResult.NOT_HELD);
            return;
        }
        List<InetSocketAddress> where = addresses.on(networks.sharingInterface(network)).stream()
                .limit(ProbeMatch.MAX_ADDRESSES)
                .toList();
        if (where.isEmpty()) {
            ended(ProbeResult.NO_ADDRESS);
            return;
        }
        long maxMicros = settings.maxBackoff().toMillis() * 1_000;
        Duration backoff = Duration.ofNanos(random.nextLong(1_000, maxMicros + 1) * 1_000);
        tasks.after(backoff, () -> {
            answer(from, probe, match(probe, where, answered));
            ended(ProbeResult.ANSWERED);
        });
    }

    private void answer(InetSocketAddress to, Probe probe, ProbeMatch match) {
        ProbeMatches message =
                new ProbeMatches(instance.newUuidUrn(), probe.messageId(), instance.nextSequence(), List.of(match));
        byte[] datagram = DiscoveryEncoder.encode(message);
        repetition.send(settings.repeats(), () -> sender.send(to, datagram), () -> true);
    }

    private ProbeMatch match(Probe probe, List<InetSocketAddress> where, Map<SegmentId, LocalSegment> answered) {
        if (probe.version() == DiscoveryVersion.V1) {
            List<SegmentBlocks> blocks = answered.values().stream()
                    .map(each -> new SegmentBlocks(each.segmentId(), each.blockCount()))
                    .toList();
            return new ProbeMatch.V1(instance.endpoint(), where, blocks);
        }
        List<SegmentPresence> presence = new ArrayList<>();
        List<EncodedSegmentAge> ages = new ArrayList<>();
        for (int i = 0; i < probe.segmentIds().size(); i++) {
            LocalSegment segment = answered.get(probe.segmentIds().get(i));
            if (segment == null) {
                presence.add(SegmentPresence.ABSENT);
            } else {
                presence.add(segment.complete() ? SegmentPresence.COMPLETE : SegmentPresence.PARTIAL);
                ages.add(EncodedSegmentAge.ofMillis(i, segment.age().toMillis(), AgeUnit.HUNDREDTHS));
            }
        }
        return new ProbeMatch.V2(instance.endpoint(), where, presence, new SegmentAges(AgeUnit.HUNDREDTHS, ages));
    }
}
