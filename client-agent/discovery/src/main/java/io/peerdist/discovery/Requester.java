// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.discovery.message.DiscoveryEncoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import io.peerdist.discovery.message.ProbeMatch;
import io.peerdist.discovery.message.ProbeMatches;
import io.peerdist.discovery.message.SegmentBlocks;
import io.peerdist.discovery.message.SegmentPresence;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client role: asks the subnets who holds segments, and remembers the answers. Lives on one thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.1</a>
 */
final class Requester {
    /** How many probes may be open; those beyond are not sent. 256 of 10 segments each, all within 300 ms. */
    static final int MAX_OUTSTANDING = 256;
    /** The most segments of a search: those of 128 GiB of version 1, or of 512 MiB of version 2. */
    static final int MAX_SEGMENTS_PER_SEARCH = 4_096;
    /** How often a network is tried where nobody has answered for a while. */
    static final Duration QUIET_INTERVAL = Duration.ofSeconds(1);

    private final RequesterSettings settings;
    private final OwnInstance instance;
    private final LoopTasks tasks;
    private final LongSupplier nanoTime;
    private final ProbeSender sender;
    private final DiscoveryMetrics metrics;
    private final UdpRepetition repetition;
    private final AdaptiveWait wait;
    private final PeerCache cache;

    private final Map<String, OutstandingProbe> outstanding = new LinkedHashMap<>();
    private final Map<SegmentId, OutstandingProbe> asked = new HashMap<>();
    private @Nullable Long lastProbeNanos;
    private volatile Duration currentWait;

    /** What a requester is made of. */
    record Parts(
            OwnInstance instance,
            LoopTasks tasks,
            LongSupplier nanoTime,
            RandomGenerator random,
            ProbeSender sender,
            DiscoveryMetrics metrics) {}

    Requester(RequesterSettings settings, Parts parts) {
        this.settings = settings;
        instance = parts.instance();
        tasks = parts.tasks();
        nanoTime = parts.nanoTime();
        sender = parts.sender();
        metrics = parts.metrics();
        repetition = new UdpRepetition(tasks, parts.random());
        wait = new AdaptiveWait(settings.requestTimer());
        cache = new PeerCache(settings.holdersKeptFor(), settings.absenceKeptFor());
        currentWait = wait.current();
        metrics.watch(this, each -> each.currentWait.toNanos() / 1e9, each -> each.cache.size());
    }

    /** How long a search waits now. From any thread. */
    Duration currentWait() {
        return currentWait;
    }

    /** Whether this process sent a probe of this identifier, which its own responder hears as well. */
    boolean isOutstanding(String messageId) {
        return outstanding.containsKey(messageId);
    }

    /** Looks for peers. The future completes on the thread of this requester; it never fails. */
    void search(
            DiscoveryVersion version,
            List<SegmentId> segmentIds,
            int enoughPeers,
            CompletableFuture<DiscoveryResult> future) {
        long now = nanoTime.getAsLong();
        Search search = new Search(segmentIds, enoughPeers, future);
        List<SegmentId> unknown = new ArrayList<>();
        for (SegmentId id : segmentIds) {
            List<DiscoveredPeer> known = cache.find(id, now);
            OutstandingProbe open = asked.get(id);
            if (known != null) {
                search.known(id, known);
            }
            if (open != null && (known == null || known.size() < enoughPeers)) {
                search.waitFor(id);
                open.join(search);
            } else if (known == null) {
                unknown.add(id);
            }
        }
        Duration patience = wait.current();
        if (patience.isZero() && !unknown.isEmpty() && isRecent(lastProbeNanos, now)) {
            metrics.sentProbe(SentProbe.SKIPPED);
        } else {
            probe(version, unknown, search, now);
        }
        if (patience.isZero()) {
            search.end();
        }
        search.endIfNothingIsAwaited();
        if (!search.isDone()) {
            tasks.after(patience, search::end);
        }
    }

    private static boolean isRecent(@Nullable Long beforeNanos, long nowNanos) {
        return beforeNanos != null && nowNanos - beforeNanos < QUIET_INTERVAL.toNanos();
    }

    private void probe(DiscoveryVersion version, List<SegmentId> unknown, Search search, long now) {
        Map<Integer, List<SegmentId>> byLength = new LinkedHashMap<>();
        unknown.forEach(id ->
                byLength.computeIfAbsent(id.length(), any -> new ArrayList<>()).add(id));
        byLength.forEach((idBytes, ids) -> {
            int from = 0;
            while (from < ids.size()) {
                String messageId = instance.newUuidUrn();
                int count = DiscoveryEncoder.segmentsPerProbe(version, messageId, idBytes, settings.maxProbeBytes());
                int to = Math.min(ids.size(), from + count);
                if (outstanding.size() < MAX_OUTSTANDING) {
                    send(new Probe(messageId, version, ids.subList(from, to)), search, now);
                } else {
                    metrics.sentProbe(SentProbe.OVERLOAD);
                }
                from = to;
            }
        });
    }

    private void send(Probe probe, Search search, long now) {
        OutstandingProbe open = new OutstandingProbe(probe, now);
        outstanding.put(probe.messageId(), open);
        open.join(search);
        for (SegmentId id : probe.segmentIds()) {
            asked.put(id, open);
            search.waitFor(id);
        }
        lastProbeNanos = now;
        byte[] datagram = DiscoveryEncoder.encode(probe);
        repetition.send(settings.repeats(), () -> sender.sendToAll(datagram), open::isWantedAgain);
        tasks.after(settings.requestTimer(), () -> expire(open));
    }

    private void expire(OutstandingProbe open) {
        long now = nanoTime.getAsLong();
        open.end();
        outstanding.remove(open.probe().messageId());
        if (open.answered()) {
            metrics.sentProbe(SentProbe.ANSWERED);
        } else {
            metrics.sentProbe(SentProbe.UNANSWERED);
            wait.unanswered(open.startedNanos(), now);
            currentWait = wait.current();
        }
        for (SegmentId id : open.probe().segmentIds()) {
            asked.remove(id, open);
            cache.addAbsence(id, now);
            open.searches().forEach(search -> search.noLongerWaitFor(id));
        }
    }

    /** Takes an answer that came from a machine of one of the subnets. */
    void receive(InetSocketAddress from, ProbeMatches message) {
        OutstandingProbe open = outstanding.get(message.relatesTo());
        for (ProbeMatch match : message.matches()) {
            metrics.match(open == null ? MatchResult.UNASKED : take(from, match, open));
        }
    }

    private MatchResult take(InetSocketAddress from, ProbeMatch match, OutstandingProbe open) {
        if (match.endpoint().equals(instance.endpoint())) {
            return MatchResult.OWN;
        }
        if (match.version() != open.probe().version()) {
            return MatchResult.UNASKED;
        }
        InetSocketAddress address = senderAmong(match.addresses(), from.getAddress());
        if (address == null) {
            return MatchResult.OTHER_ADDRESS;
        }
        Map<SegmentId, DiscoveredPeer> holdings = match instanceof ProbeMatch.V1 first
                ? holdings(first, address, open)
                : holdings((ProbeMatch.V2) match, address, open.probe());
        if (holdings.isEmpty()) {
            return MatchResult.OTHER_SEGMENT;
        }
        open.answer();
        wait.answered();
        currentWait = wait.current();
        long now = nanoTime.getAsLong();
        boolean all = true;
        for (Map.Entry<SegmentId, DiscoveredPeer> each : holdings.entrySet()) {
            if (cache.add(each.getKey(), each.getValue(), now)) {
                open.searches().forEach(search -> search.add(each.getKey(), each.getValue()));
            } else {
                all = false;
            }
        }
        return all ? MatchResult.ACCEPTED : MatchResult.OVERFLOW;
    }

    /** The address with the sender's own host. Others could make this machine a weapon against them. */
    private static @Nullable InetSocketAddress senderAmong(List<InetSocketAddress> addresses, InetAddress sender) {
        for (InetSocketAddress each : addresses) {
            // Without the zone, which only the address of the datagram has.
            if (Arrays.equals(each.getAddress().getAddress(), sender.getAddress())) {
                return new InetSocketAddress(sender, each.getPort());
            }
        }
        return null;
    }

    private static Map<SegmentId, DiscoveredPeer> holdings(
            ProbeMatch.V1 match, InetSocketAddress address, OutstandingProbe open) {
        Map<SegmentId, DiscoveredPeer> holdings = new LinkedHashMap<>();
        for (SegmentBlocks each : match.held()) {
            if (each.blockCount() > 0 && open.asksFor(each.segmentId())) {
                holdings.put(each.segmentId(), new DiscoveredPeer(address, each.blockCount(), false, null));
            }
        }
        return holdings;
    }

    private static Map<SegmentId, DiscoveredPeer> holdings(
            ProbeMatch.V2 match, InetSocketAddress address, Probe probe) {
        Map<Integer, Duration> ages = ages(match.ages());
        Map<SegmentId, DiscoveredPeer> holdings = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(probe.segmentIds().size(), match.presence().size()); i++) {
            SegmentPresence presence = match.presence().get(i);
            if (presence != SegmentPresence.ABSENT) {
                boolean complete = presence == SegmentPresence.COMPLETE;
                holdings.put(probe.segmentIds().get(i), new DiscoveredPeer(address, 0, complete, ages.get(i)));
            }
        }
        return holdings;
    }

    private static Map<Integer, Duration> ages(@Nullable SegmentAges ages) {
        Map<Integer, Duration> byIndex = new HashMap<>();
        if (ages != null) {
            for (EncodedSegmentAge each : ages.ages()) {
                byIndex.put(each.segmentIndex(), Duration.ofMillis(each.ageMillis(ages.unit())));
            }
        }
        return byIndex;
    }

    /** Nothing more is expected of this peer. */
    void forget(InetSocketAddress address) {
        cache.forget(address);
    }

    /** The machine is on other networks now, with other peers. */
    void networksChanged() {
        cache.clear();
        wait.answered();
        currentWait = wait.current();
    }

    /** Ends all searches with what was found. */
    void close() {
        for (OutstandingProbe open : List.copyOf(outstanding.values())) {
            open.end();
            open.searches().forEach(Search::end);
        }
        outstanding.clear();
        asked.clear();
    }
}
