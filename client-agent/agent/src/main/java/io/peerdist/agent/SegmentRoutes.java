// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.blockstore.SegmentListing;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.management.ApiRequest;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.ManagementContent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an agent tells of the segments in its local cache on its management port, by the names that hosted caches use:
 *
 * <pre>
 * GET /api/v1/segments?cursor=ID&amp;limit=N
 * GET /api/v1/segments/ID
 * </pre>
 */
public final class SegmentRoutes {
    private static final int DEFAULT_LIMIT = 100;

    private final Agent agent;
    private final InstantSource wall;

    private SegmentRoutes(Agent agent, InstantSource wall) {
        this.agent = agent;
        this.wall = wall;
    }

    /**
     * Adds the routes.
     *
     * @param wall the time of day, from which ages are counted
     */
    public static void register(Agent agent, InstantSource wall, ManagementContent management) {
        management.routes().get("segments", new SegmentRoutes(agent, wall)::answer);
    }

    private ApiResponse answer(ApiRequest request) {
        return request.remainder().isEmpty() ? page(request) : segment(request.remainder());
    }

    private ApiResponse segment(String text) {
        SegmentId id = segmentId(text);
        if (id == null) {
            return notAnId(text);
        }
        return agent.find(id)
                .map(found -> ApiResponse.ok(json(found)))
                .orElseGet(() -> ApiResponse.error(404, "segment " + id + " is not held"));
    }

    private ApiResponse page(ApiRequest request) {
        SegmentId cursor = null;
        String from = request.queryValue("cursor").orElse("");
        if (!from.isEmpty()) {
            cursor = segmentId(from);
            if (cursor == null) {
                return notAnId(from);
            }
        }
        OptionalInt limit = request.number("limit", DEFAULT_LIMIT, 1, BlockStore.MAX_LIST);
        if (limit.isEmpty()) {
            return ApiResponse.error(400, "limit: expected 1 to " + BlockStore.MAX_LIST);
        }
        SegmentListing listing = agent.list(cursor, limit.getAsInt());
        JsonArray list = new JsonArray();
        listing.segments().forEach(segment -> list.add(json(segment)));
        SegmentId next = listing.next();
        return ApiResponse.ok(
                new JsonObject().put("segments", list).put("next", next == null ? null : next.toString()));
    }

    private static ApiResponse notAnId(String text) {
        return ApiResponse.error(400, "segment id: " + text + " (expected: 64, 96 or 128 hexadecimal digits)");
    }

    private static @Nullable SegmentId segmentId(String text) {
        try {
            return SegmentId.ofHex(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private JsonObject json(SegmentSummary segment) {
        SegmentAttributes attributes = segment.attributes();
        // A clock that was set back makes nothing come from the future.
        long ageSeconds =
                Math.max(0, Duration.between(segment.created(), wall.instant()).toSeconds());
        return new JsonObject()
                .put("id", attributes.id().toString())
                .put("segmentBytes", attributes.segmentBytes())
                .put("blockBytes", attributes.blockBytes())
                .put("blockCount", attributes.blockCount())
                .put("blocksHeld", segment.blocks().blockCount())
                .put("ranges", segment.blocks().text())
                .put("storedBytes", segment.storedBytes())
                .put("created", segment.created().toString())
                .put("ageSeconds", ageSeconds)
                .put("complete", segment.isComplete());
    }
}
