// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.discovery.DiscoveredPeer;
import io.peerdist.discovery.DiscoveryResult;
import io.peerdist.discovery.message.DiscoveryVersion;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The peers of one download. All its places ask for the same segments at the same time; the first of them searches for all.
 * Thread-safe.
 */
final class PeerGroup {
    /** MS-CCROD 2.1.1.1. Those that are left out meanwhile do not count. */
    static final int MAX_PEERS = 16;

    /** Room for peers that take the place of bad ones. */
    static final int PLACES = 22;

    /** What one peer brings before a second would be of much use. */
    private static final long MANY_BYTES = 16 << 20;

    /** From the first answer on others may still come: the longest back-off of an answer (MS-PCCRD 3.2.2) and some. */
    private static final long ANSWER_SPREAD_MILLIS = 100;

    private static final DiscoveryResult NOBODY = new DiscoveryResult(Map.of());

    private final PeerSources sources;
    private final DiscoveryVersion version;
    private final List<PeerSource> places;
    private @Nullable Round round;
    private @Nullable CompletableFuture<?> first;
    /** Completes when most of those that answer have done so; waited for once, by large downloads. */
    private @Nullable CompletableFuture<Void> answersSpread;

    /**
     * What the places of the group were asked together.
     *
     * @param early what those claim who are known first
     * @param all what everybody claims who is known in the end
     * @param told the places that have asked
     */
    private record Round(
            List<SegmentDescription> segments,
            CompletableFuture<Map<InetSocketAddress, Claim>> early,
            CompletableFuture<Map<InetSocketAddress, Claim>> all,
            Set<PeerSource> told) {}

    /** Which segments of a round a peer says it holds, by their index, and which of them wholly. */
    private record Claim(BitSet some, BitSet all) {
        Claim() {
            this(new BitSet(), new BitSet());
        }
    }

    PeerGroup(PeerSources sources, DiscoveryVersion version) {
        this.sources = sources;
        this.version = version;
        this.places = Stream.generate(() -> new PeerSource(this, sources))
                .limit(PLACES)
                .toList();
    }

    List<PeerSource> places() {
        return places;
    }

    /** What the peer in this place holds; nothing when the place is free. */
    CompletableFuture<BlockSource.Holdings> lookUp(PeerSource place, List<SegmentDescription> segments) {
        Round current = round(place, segments);
        return current.early().thenCompose(early -> {
            InetSocketAddress address = place.address();
            return address != null && early.containsKey(address)
                    ? holdings(place, segments, early)
                    : current.all().thenCompose(all -> holdings(place, segments, all));
        });
    }

    private CompletableFuture<BlockSource.Holdings> holdings(
            PeerSource place, List<SegmentDescription> segments, Map<InetSocketAddress, Claim> claims) {
        InetSocketAddress address = place.address();
        return address == null
                ? CompletableFuture.completedFuture(nothing(segments))
                : completed(address, segments, claims.getOrDefault(address, new Claim()))
                        .thenCompose(claim -> blockLists(place, address, segments, claim));
    }

    /**
     * Asks a peer itself for what it did not claim: probes and answers of many segments are many datagrams, some get lost, and
     * some come too late. One that does not know the question (MS-PCCRR note 6) is taken at its claim.
     */
    private CompletableFuture<Claim> completed(
            InetSocketAddress address, List<SegmentDescription> segments, Claim claim) {
        if (claim.some().cardinality() == segments.size() || sources.isLeftOut(address)) {
            return CompletableFuture.completedFuture(claim);
        }
        return sources.remote()
                .segmentList(address, segments)
                .completeOnTimeout(new BitSet(), sources.lookUpLimit().toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(failure -> new BitSet())
                .thenApply(held -> {
                    BitSet some = (BitSet) claim.some().clone();
                    some.or(held);
                    return new Claim(some, claim.all());
                });
    }

    private static BlockSource.Holdings nothing(List<SegmentDescription> segments) {
        return new BlockSource.Holdings(
                segments.stream().map(segment -> BlockRanges.NONE).toList(), false);
    }

    private synchronized Round round(PeerSource place, List<SegmentDescription> segments) {
        Round current = round;
        if (current == null
                || !isSame(current.segments(), segments)
                || !current.told().add(place)) {
            current = begin(segments);
            current.told().add(place);
            round = current;
        }
        return current;
    }

    private Round begin(List<SegmentDescription> segments) {
        // Who is found for the first segments is asked itself for those that follow, so these wait for that.
        CompletableFuture<?> before = first == null ? CompletableFuture.completedFuture(null) : first;
        CompletableFuture<Map<InetSocketAddress, Claim>> known = new CompletableFuture<>();
        CompletableFuture<Map<InetSocketAddress, Claim>> all =
                before.thenCompose(seated -> search(segments, known)).thenApply(this::seat);
        CompletableFuture<Map<InetSocketAddress, Claim>> early = known.applyToEither(all, Function.identity());
        first = first == null ? early : first;
        return new Round(segments, early, all, new HashSet<>());
    }

    private static boolean isSame(List<SegmentDescription> left, List<SegmentDescription> right) {
        return left.size() == right.size()
                && left.get(0).offsetInContent() == right.get(0).offsetInContent();
    }

    /**
     * Asks the last good peer, and looks for others when it lacks something or there is much to fetch.
     *
     * @param early told of whom is known first
     */
    private CompletableFuture<Map<InetSocketAddress, Claim>> search(
            List<SegmentDescription> segments, CompletableFuture<Map<InetSocketAddress, Claim>> early) {
        InetSocketAddress good = sources.finder()
                .lastGoodPeer()
                .filter(peer -> !sources.isLeftOut(peer))
                .orElse(null);
        if (good == null) {
            return search(segments, null, new BitSet(), early);
        }
        return sources.remote()
                .segmentList(good, segments)
                .completeOnTimeout(new BitSet(), sources.lookUpLimit().toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(failure -> {
                    sources.finder().failed(good);
                    return new BitSet();
                })
                .thenCompose(held -> search(segments, good, held, early));
    }

    private CompletableFuture<Map<InetSocketAddress, Claim>> search(
            List<SegmentDescription> segments,
            @Nullable InetSocketAddress good,
            BitSet held,
            CompletableFuture<Map<InetSocketAddress, Claim>> early) {
        tellEarly(early, claims(segments, NOBODY, good, held));
        boolean many =
                segments.stream().mapToLong(SegmentDescription::segmentBytes).sum() >= MANY_BYTES;
        List<SegmentId> wanted = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (many || !held.get(i)) {
                wanted.add(segments.get(i).id());
            }
        }
        CompletableFuture<DiscoveryResult> search = wanted.isEmpty()
                ? CompletableFuture.completedFuture(NOBODY)
                : sources.finder().search(version, wanted, 1);
        if (many) {
            // Asked a second time, discovery tells at once who has answered by then, also after the end of the first
            // search: a machine that has just begun takes long to read answers.
            search = search.thenCompose(result -> {
                tellEarly(early, claims(segments, result, good, held));
                return answersSpread().thenCompose(spread -> sources.finder().search(version, wanted, 1));
            });
        }
        return search.thenApply(result -> claims(segments, result, good, held));
    }

    private void tellEarly(
            CompletableFuture<Map<InetSocketAddress, Claim>> early, Map<InetSocketAddress, Claim> claims) {
        if (!claims.isEmpty() && !early.isDone()) {
            early.complete(seat(claims));
        }
    }

    private synchronized CompletableFuture<Void> answersSpread() {
        CompletableFuture<Void> spread = answersSpread;
        if (spread == null) {
            spread = new CompletableFuture<Void>().completeOnTimeout(null, ANSWER_SPREAD_MILLIS, TimeUnit.MILLISECONDS);
            answersSpread = spread;
        }
        return spread;
    }

    private static Map<InetSocketAddress, Claim> claims(
            List<SegmentDescription> segments, DiscoveryResult result, @Nullable InetSocketAddress good, BitSet held) {
        Map<InetSocketAddress, Claim> claims = new LinkedHashMap<>();
        if (good != null && !held.isEmpty()) {
            claims.computeIfAbsent(good, address -> new Claim()).some().or(held);
        }
        for (int i = 0; i < segments.size(); i++) {
            SegmentDescription segment = segments.get(i);
            for (DiscoveredPeer peer : result.of(segment.id())) {
                Claim claim = claims.computeIfAbsent(peer.address(), address -> new Claim());
                claim.some().set(i);
                claim.all().set(i, peer.holdsAll(segment.blockCount()));
            }
        }
        return claims;
    }

    /** Gives free places to peers that have none, as far as there may be more. */
    private synchronized Map<InetSocketAddress, Claim> seat(Map<InetSocketAddress, Claim> claims) {
        Map<InetSocketAddress, PeerSource> seated = new HashMap<>();
        int active = 0;
        for (PeerSource place : places) {
            InetSocketAddress address = place.address();
            if (address != null) {
                seated.put(address, place);
                active += sources.isLeftOut(address) ? 0 : 1;
            }
        }
        for (InetSocketAddress peer : claims.keySet()) {
            if (seated.containsKey(peer) || sources.isLeftOut(peer)) {
                continue;
            }
            if (active >= MAX_PEERS || seated.size() >= PLACES) {
                break;
            }
            PeerSource free = places.get(seated.size());
            free.take(peer);
            seated.put(peer, free);
            active++;
        }
        return claims;
    }

    private CompletableFuture<BlockSource.Holdings> blockLists(
            PeerSource place, InetSocketAddress address, List<SegmentDescription> segments, Claim claim) {
        List<CompletableFuture<BlockRanges>> lists = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            SegmentDescription segment = segments.get(i);
            if (!claim.some().get(i)) {
                lists.add(CompletableFuture.completedFuture(BlockRanges.NONE));
            } else if (claim.all().get(i)) {
                lists.add(CompletableFuture.completedFuture(BlockRanges.first(segment.blockCount())));
            } else {
                lists.add(sources.remote().blockList(address, segment));
            }
        }
        return CompletableFuture.allOf(lists.toArray(CompletableFuture<?>[]::new))
                .orTimeout(sources.lookUpLimit().toNanos(), TimeUnit.NANOSECONDS)
                .handle((done, failure) -> {
                    if (failure != null) {
                        place.failed(address, failure);
                    }
                    // What did not come in time is not waited for: the others have it, or the origin.
                    return new BlockSource.Holdings(
                            lists.stream().map(PeerGroup::now).toList(), failure != null);
                });
    }

    private static BlockRanges now(CompletableFuture<BlockRanges> list) {
        return list.isDone() && !list.isCompletedExceptionally() ? list.join() : BlockRanges.NONE;
    }
}
