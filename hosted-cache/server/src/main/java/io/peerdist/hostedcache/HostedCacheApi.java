// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.ScrubStatus;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.blockstore.SegmentListing;
import io.peerdist.blockstore.SegmentSummary;
import io.peerdist.blockstore.StoreStatistics;
import io.peerdist.blockstore.TagStatistics;
import io.peerdist.blockstore.VerificationProgress;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.runtime.BuildVersion;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.management.ApiRequest;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.StatusTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a hosted cache shows and lets be done on its management port:
 *
 * <pre>
 * GET    /api/v1/status
 * GET    /api/v1/segments?cursor=ID&amp;limit=N
 * GET    /api/v1/segments/ID
 * DELETE /api/v1/segments/ID
 * POST   /api/v1/segments/ID/pin, /api/v1/segments/ID/unpin
 * POST   /api/v1/verify
 * POST   /api/v1/flush
 * </pre>
 */
public final class HostedCacheApi {
    private static final int DEFAULT_LIMIT = 100;

    private final HostedCache cache;
    private final BlockStore store;
    private final AtomicBoolean verifying = new AtomicBoolean();

    private HostedCacheApi(HostedCache cache) {
        this.cache = cache;
        this.store = cache.store();
    }

    /** Adds the routes and the section of the status page. */
    public static void register(HostedCache cache, ManagementContent content) {
        HostedCacheApi api = new HostedCacheApi(cache);
        content.routes()
                .get("status", request -> ApiResponse.ok(api.status()))
                .get("segments", api::segments)
                .add("DELETE", "segments", api::evict)
                .post("segments", api::pin)
                .post("verify", request -> api.verify())
                .post("flush", request -> ApiResponse.ok(new JsonObject().put("blocks", api.store.dropAll())));
        content.page().addSection("Cache", api::table);
        if (cache.manifestStatus().isPresent()) {
            content.health().addReady("manifest", () -> TrustReport.health(cache.manifestStatus()));
        }
    }

    private JsonObject status() {
        StoreStatistics now = cache.statistics();
        JsonObject status = new JsonObject()
                .put("version", BuildVersion.current())
                .put("http", HostPort.format(cache.address()))
                .put(
                        "store",
                        new JsonObject()
                                .put("limitBytes", now.limitBytes())
                                .put("usedBytes", now.usedBytes())
                                .put("liveBytes", now.liveBytes())
                                .put("pinnedBytes", now.pinnedBytes())
                                .put("catalogueBytes", now.catalogueBytes())
                                .put("extents", now.extents())
                                .put("segments", now.segments())
                                .put("blocks", now.blocks()))
                .put(
                        "pulls",
                        new JsonObject()
                                .put("wanted", cache.pulls().wanted())
                                .put("active", cache.pulls().active()))
                .put("scrub", scrub())
                .put("start", store.recoveryReport().summary())
                .put("content", content())
                .put("quarantine", TrustReport.quarantine(cache.quarantine()));
        cache.discovery().ifPresent(discovery -> status.put("answersProbesOn", networks(discovery)));
        cache.manifestStatus().ifPresent(manifest -> status.put("manifest", TrustReport.manifest(manifest)));
        return status;
    }

    private JsonObject scrub() {
        ScrubStatus scrub = store.scrubStatus();
        return new JsonObject()
                .put("bytesPerSecond", scrub.bytesPerSecond())
                .put("passes", scrub.passes())
                .put("checkedBlocks", scrub.checkedBlocks())
                .put("damagedBlocks", scrub.damagedBlocks())
                .put("summary", scrub.summary());
    }

    /** By the components that Windows tells apart, in its order. */
    private JsonArray content() {
        JsonArray list = new JsonArray();
        for (TagStatistics tag : store.tagStatistics()) {
            list.add(new JsonObject()
                    .put("contentTag", tag.component().label())
                    .put("segments", tag.segments())
                    .put("bytes", tag.bytes())
                    .put("servedBlocks", cache.content().blocks(tag.component())));
        }
        return list;
    }

    private static String networks(Discovery discovery) {
        return discovery.networks().stream().map(LocalNetwork::label).collect(Collectors.joining(", "));
    }

    private StatusTable table() {
        StoreStatistics now = cache.statistics();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("Serving at", HostPort.format(cache.address()));
        values.put("Segments", Long.toString(now.segments()));
        values.put("Blocks", Long.toString(now.blocks()));
        values.put("Used bytes", Long.toString(now.usedBytes()));
        values.put("Limit", new DataSize(now.limitBytes()).toString());
        values.put("Content", contentLine());
        values.put("Scrubbing", store.scrubStatus().summary());
        values.put("Found at the start", store.recoveryReport().summary());
        values.put("Segments to pull", Integer.toString(cache.pulls().wanted()));
        values.put("In quarantine", Integer.toString(cache.quarantine().segments()));
        values.put(
                "Answers probes on",
                cache.discovery().map(each -> networks(each)).orElse("no network"));
        cache.manifestStatus().ifPresent(manifest -> values.put("Manifest", manifest.summary()));
        return StatusTable.of(values);
    }

    private String contentLine() {
        String line = store.tagStatistics().stream()
                .filter(tag -> tag.segments() > 0)
                .map(tag -> tag.component().label() + " " + tag.segments())
                .collect(Collectors.joining(", "));
        return line.isEmpty() ? "none" : line;
    }

    private ApiResponse segments(ApiRequest request) {
        if (!request.remainder().isEmpty()) {
            return onSegment(request.remainder(), id -> {
                SegmentSummary found = store.find(id);
                return found == null ? null : json(found);
            });
        }
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
        SegmentListing listing = store.list(cursor, limit.getAsInt());
        JsonArray list = new JsonArray();
        listing.segments().forEach(segment -> list.add(json(segment)));
        SegmentId next = listing.next();
        return ApiResponse.ok(
                new JsonObject().put("segments", list).put("next", next == null ? null : next.toString()));
    }

    private ApiResponse evict(ApiRequest request) {
        return onSegment(request.remainder(), id -> store.evict(id) ? new JsonObject().put("evicted", true) : null);
    }

    private ApiResponse pin(ApiRequest request) {
        String[] words = request.remainder().split("/", -1);
        String action = words.length == 2 ? words[1] : "";
        return switch (action) {
            case "pin" -> onSegment(words[0], id -> store.pin(id) ? new JsonObject().put("pinned", true) : null);
            case "unpin" -> onSegment(words[0], id -> store.unpin(id) ? new JsonObject().put("pinned", false) : null);
            default ->
                ApiResponse.error(404, "no such action: " + request.remainder() + " (expected: ID/pin or ID/unpin)");
        };
    }

    private ApiResponse verify() {
        if (!verifying.compareAndSet(false, true)) {
            return ApiResponse.error(409, "a verification is under way; wait for its end");
        }
        try {
            VerificationProgress done =
                    store.verifyAll(progress -> !Thread.currentThread().isInterrupted());
            return ApiResponse.ok(new JsonObject()
                    .put("segments", done.segments())
                    .put("blocks", done.blocks())
                    .put("bytes", done.bytes())
                    .put("damagedBlocks", done.damagedBlocks()));
        } finally {
            verifying.set(false);
        }
    }

    private static ApiResponse onSegment(String text, Function<SegmentId, @Nullable JsonObject> action) {
        SegmentId id = segmentId(text);
        if (id == null) {
            return notAnId(text);
        }
        JsonObject answer = action.apply(id);
        return answer == null ? ApiResponse.error(404, "segment " + id + " is not held") : ApiResponse.ok(answer);
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

    private static JsonObject json(SegmentSummary segment) {
        SegmentAttributes attributes = segment.attributes();
        return new JsonObject()
                .put("id", attributes.id().toString())
                .put("segmentBytes", attributes.segmentBytes())
                .put("blockBytes", attributes.blockBytes())
                .put("blockCount", attributes.blockCount())
                .put("blocksHeld", segment.blocks().blockCount())
                .put("ranges", segment.blocks().text())
                .put("storedBytes", segment.storedBytes())
                .put("created", segment.created().toString())
                .put("pinned", segment.pinned())
                .put("contentTag", ContentTag.of(attributes.contentTag()).label());
    }
}
