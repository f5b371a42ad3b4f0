// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.peerdist.agent.origin.OriginProblem;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One hosted cache that is offered segments, and which of them it has not pulled yet. Used by one thread at a time. */
public final class OfferTarget {
    private static final Logger LOGGER = LoggerFactory.getLogger(OfferTarget.class);
    private static final int MAX_FAILURES = 3;

    /** Beyond the retrieval client's own limit for one exchange, as several may wait for a connection. */
    private static final long ANSWER_SECONDS = 10;

    private final InetSocketAddress address;
    private final RetrievalClient retrieval;
    private final OfferClient offers;
    private final Map<SegmentId, SegmentDescription> pending = new LinkedHashMap<>();
    private int failures;
    private int offered;
    private int pulled;
    private @Nullable String problem;

    /** A cache at this address that was offered nothing yet; the clients may be shared. */
    public OfferTarget(InetSocketAddress address, RetrievalClient retrieval, OfferClient offers) {
        this.address = address;
        this.retrieval = retrieval;
        this.offers = offers;
    }

    int offered() {
        return offered;
    }

    int pulled() {
        return pulled;
    }

    int pendingCount() {
        return pending.size();
    }

    /** Why offers to it failed, for the user; null when none did. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Offers those of {@code segments} that the cache lacks; returns how many it took, or -1 when it could not be told. */
    int offer(int port, List<SegmentDescription> segments) {
        if (failures >= MAX_FAILURES) {
            return -1;
        }
        List<SegmentDescription> missing = missing(segments);
        missing.removeIf(segment -> pending.containsKey(segment.id()));
        if (missing.isEmpty()) {
            return 0;
        }
        if (!send(port, missing)) {
            return -1;
        }
        missing.forEach(segment -> pending.put(segment.id(), segment));
        offered += missing.size();
        return missing.size();
    }

    /** Offers again what is pending. */
    void offerAgain(int port) {
        List<SegmentDescription> all = List.copyOf(pending.values());
        for (int from = 0; from < all.size() && failures < MAX_FAILURES; from += BatchedOffer.MAX_DESCRIPTORS) {
            send(port, all.subList(from, Math.min(all.size(), from + BatchedOffer.MAX_DESCRIPTORS)));
        }
    }

    private boolean send(int port, List<SegmentDescription> segments) {
        List<SegmentDescriptor> descriptors = segments.stream()
                .map(segment -> new SegmentDescriptor(
                        segment.blockBytes(),
                        segment.segmentBytes(),
                        ContentTag.OTHER,
                        segment.hashAlgorithm(),
                        segment.id()))
                .toList();
        try {
            offers.offer(address, new BatchedOffer(port, descriptors));
            failures = 0;
            return true;
        } catch (IOException e) {
            failures++;
            problem = "the hosted cache " + HostPort.format(address) + " did not take an offer: "
                    + OriginProblem.describe(e, OfferClient.CONNECT_TIMEOUT, OfferClient.REQUEST_TIMEOUT);
            LOGGER.debug("{}", problem, e);
            return false;
        }
    }

    /** Sees what the cache has pulled; returns how much that was. */
    int refresh() {
        int before = pending.size();
        List<SegmentDescription> all = List.copyOf(pending.values());
        for (int from = 0; from < all.size(); from += GetSegmentList.MAX_SEGMENTS) {
            List<SegmentDescription> asked =
                    all.subList(from, Math.min(all.size(), from + GetSegmentList.MAX_SEGMENTS));
            Set<SegmentId> missing =
                    missing(asked).stream().map(SegmentDescription::id).collect(Collectors.toSet());
            asked.stream()
                    .map(SegmentDescription::id)
                    .filter(id -> !missing.contains(id))
                    .forEach(pending::remove);
        }
        int gone = before - pending.size();
        pulled += gone;
        return gone;
    }

    /** Those that the cache lacks in part or in whole; all of them when it does not say. */
    private List<SegmentDescription> missing(Collection<SegmentDescription> segments) {
        List<SegmentDescription> asked = List.copyOf(segments);
        BitSet held = answer(retrieval.getSegmentList(
                address, asked.stream().map(SegmentDescription::id).toList()));
        List<SegmentDescription> missing = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (held == null || !held.get(i) || !isComplete(asked.get(i))) {
                missing.add(asked.get(i));
            }
        }
        return missing;
    }

    private boolean isComplete(SegmentDescription segment) {
        if (segment.blockCount() == 1) {
            return true;
        }
        BlockRanges all = BlockRanges.first(segment.blockCount());
        BlockRanges held = answer(retrieval.getBlockList(address, segment.id(), all));
        return held != null && all.equals(held);
    }

    private <T> @Nullable T answer(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.debug("hosted cache {}: {}", address, e.getMessage());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
