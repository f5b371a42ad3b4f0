// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.peer;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.LocalSegment;
import io.peerdist.discovery.LocalSegments;
import io.peerdist.discovery.PeerReplies;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the block store holds, as discovery asks for it. Remembers for each segment how many peers answered when this
 * machine looked for it, as many holders need not all answer. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2.1, 3.2.4.1</a>
 */
public final class HeldSegments implements LocalSegments {
    /** Eight GiB of version 2.0; what is forgotten is answered for, as if nobody else held it. */
    private static final int MAX_REMEMBERED = 131_072;

    private static final Logger LOGGER = LoggerFactory.getLogger(HeldSegments.class);

    private final BlockStore store;
    private final InstantSource wall;
    private final Executor readers;
    private final Map<SegmentId, PeerReplies> replies = Collections.synchronizedMap(new Latest());

    /** @param readers read the catalogue; bounded, and what they refuse is not answered for */
    public HeldSegments(BlockStore store, InstantSource wall, Executor readers) {
        this.store = store;
        this.wall = wall;
        this.readers = readers;
    }

    /** Remembers how many peers answered for a segment that this machine looked for. */
    public void remember(SegmentId id, PeerReplies heard) {
        replies.put(id, heard);
    }

    @Override
    public CompletionStage<List<LocalSegment>> held(List<SegmentId> segmentIds) {
        try {
            return CompletableFuture.supplyAsync(() -> read(segmentIds), readers);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    private List<LocalSegment> read(List<SegmentId> segmentIds) {
        List<LocalSegment> held = new ArrayList<>();
        for (SegmentId id : segmentIds) {
            SegmentSummary summary = find(id);
            int blocks = summary == null ? 0 : summary.blocks().blockCount();
            if (summary != null && blocks > 0) {
                held.add(new LocalSegment(
                        id, blocks, summary.isComplete(), age(summary), replies.getOrDefault(id, PeerReplies.NONE)));
            }
        }
        return held;
    }

    private @Nullable SegmentSummary find(SegmentId id) {
        try {
            return store.find(id);
        } catch (BlockStoreException e) {
            LOGGER.debug("{}", e.getMessage());
            return null;
        }
    }

    /** Not below zero, as clocks are set back at times. */
    private Duration age(SegmentSummary summary) {
        Duration age = Duration.between(summary.created(), wall.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Forgets what was remembered first when it is full. */
    private static final class Latest extends LinkedHashMap<SegmentId, PeerReplies> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentId, PeerReplies> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }
}
