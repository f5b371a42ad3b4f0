// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.trust.TestPublisher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hosted cache that follows a manifest over TLS, and peers that tell the truth or not. */
class ListedPullIT {
    /** A peer that sends a wrong block is asked once more when nobody else offers the segment. */
    private static final int ONCE_MORE = 2;

    @TempDir
    private Path directory;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private TestPublisher publisher;

    @SuppressWarnings("NullAway.Init") // by start, which every test calls
    private RunningCache cache;

    @BeforeEach
    void publish() throws IOException {
        publisher = new TestPublisher(directory.resolve("publisher"));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : toClose) {
            part.close();
        }
        publisher.close();
    }

    @Test
    void refusesAPoisonedOfferOfAListedSegmentAndStoresTheHonestOne() throws Exception {
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        publisher.list(segment.description());
        start(Map.of());
        awaitListed(1);

        offer("127.0.0.2", segment, segment::forged);
        cache.awaitQuiet(1);
        assertThat(cache.pulls("wrong")).isEqualTo(ONCE_MORE);
        assertThat(cache.block(segment.id(), 0).isEmpty()).isTrue();

        offer(LOCAL, segment, segment::encrypted);
        cache.awaitQuiet(2);
        assertThat(cache.pulls("stored")).isEqualTo(1);
        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void verifiesLongSegmentsOfVersion1Too() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 3 * Segments.V1_BLOCK_BYTES - 1);
        publisher.list(segment.description());
        start(Map.of());
        awaitListed(1);

        offer(LOCAL, segment, index -> index == 1 ? segment.forged(1) : segment.encrypted(index));
        cache.awaitQuiet(1);

        assertThat(cache.pulls("wrong")).isEqualTo(ONCE_MORE);
        assertThat(cache.block(segment.id(), 1).isEmpty()).isTrue();
    }

    @Test
    void asksForTheListingOfASegmentThatIsOfferedBeforeItWasRead() throws Exception {
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        start(Map.of());
        Await.until("read to the end", () -> polls("ok") >= 1);
        publisher.list(segment.description());

        offer(LOCAL, segment, segment::forged);
        cache.awaitQuiet(1);

        assertThat(cache.pulls("wrong")).isEqualTo(ONCE_MORE);
        assertThat(cache.cache.statistics().blocks()).isZero();
    }

    @Test
    void storesWhatIsNotListedUnlessToldOtherwise() throws Exception {
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        start(Map.of());
        Await.until("read to the end", () -> polls("ok") >= 1);

        offer(LOCAL, segment, segment::encrypted);
        cache.awaitQuiet(1);

        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void refusesWhatIsNotListedWhenToldTo() throws Exception {
        ContentSegment listed = ContentSegment.v2(1, 50_000);
        ContentSegment unlisted = ContentSegment.v2(2, 50_000);
        publisher.list(listed.description());
        start(Map.of("manifest.unlisted", "refuse"));
        awaitListed(1);

        offer(LOCAL, unlisted, unlisted::encrypted);
        offer(LOCAL, listed, listed::encrypted);
        cache.awaitQuiet(2);

        assertThat(cache.pulls("unlisted")).isEqualTo(1);
        assertThat(cache.block(unlisted.id(), 0).isEmpty()).isTrue();
        assertThat(cache.block(listed.id(), 0)).isEqualTo(listed.encrypted(0));
    }

    @Test
    void goesOnWithoutThePublisher() throws Exception {
        ContentSegment listed = ContentSegment.v2(1, 50_000);
        ContentSegment unlisted = ContentSegment.v2(2, 50_000);
        publisher.list(listed.description());
        start(Map.of());
        awaitListed(1);
        publisher.close();

        offer("127.0.0.2", listed, listed::forged);
        offer(LOCAL, unlisted, unlisted::encrypted);
        cache.awaitQuiet(2);

        assertThat(cache.pulls("wrong")).isEqualTo(ONCE_MORE);
        assertThat(cache.block(unlisted.id(), 0)).isEqualTo(unlisted.encrypted(0));
        assertThat(cache.cache.manifestStatus())
                .hasValueSatisfying(status -> assertThat(status.isDegraded()).isTrue());
    }

    private void start(Map<String, String> other) {
        Map<String, String> settings = publisher.settings();
        settings.putAll(other);
        cache = new RunningCache(directory.resolve("cache"), settings);
        toClose.add(cache);
    }

    private void offer(String address, ContentSegment segment, IntFunction<BlockResponse> blocks) throws IOException {
        ScriptedPeer peer = new ScriptedPeer(
                address, request -> RetrievalCodec.encodeResponse(blocks.apply(((GetBlocks) request).blockIndex())));
        toClose.add(0, peer);
        OfferingClient.offer(cache.address(), address, peer.port(), segment.descriptor());
    }

    private void awaitListed(long segments) {
        Await.until(
                "listed",
                () -> cache.cache.manifestStatus().stream().anyMatch(status -> status.segments() == segments));
    }

    private double polls(String result) {
        return cache.count("peerdist_manifest_polls", "result", result);
    }
}
