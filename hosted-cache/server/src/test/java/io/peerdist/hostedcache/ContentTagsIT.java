// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import io.peerdist.conformance.Await;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted by the component of a client that offered it (MS-PCHC note 8). */
class ContentTagsIT {
    @TempDir
    private Path directory;

    @Test
    void countsOfferedStoredAndServedByTag() throws Exception {
        Map<ContentTag, SegmentDescriptor> segments = new HashMap<>();
        ContentTag unknown = ContentTag.of(Segments.bytes(5, ContentTag.BYTES));
        List<ContentTag> tags = List.of(ContentTag.WININET, ContentTag.WEBIO, ContentTag.BITS, ContentTag.SMB, unknown);
        for (ContentTag tag : tags) {
            int bytes = 1_000 * (1 + tags.indexOf(tag));
            segments.put(
                    tag,
                    new SegmentDescriptor(
                            bytes, bytes, tag, HashAlgorithm.TRUNCATED_SHA_512, Segments.id(tags.indexOf(tag))));
        }
        try (RunningCache cache = new RunningCache(directory.resolve("cache"));
                LivePeer peer = new LivePeer(directory.resolve("peer"))) {
            segments.values().forEach(peer::holdAll);
            OfferingClient.offer(
                    cache.address(),
                    LOCAL,
                    peer.listen(LOCAL),
                    segments.values().toArray(SegmentDescriptor[]::new));
            cache.awaitQuiet(5);

            for (ContentTag tag : tags) {
                String label = tag.label();
                int blocks = tags.indexOf(tag);
                SegmentId id = requireNonNull(segments.get(tag)).id();
                int bytes = cache.block(id, 0).block().length;
                for (int i = 1; i < blocks; i++) {
                    cache.block(id, 0);
                }
                int served = Math.max(1, blocks);
                Await.until(
                        "served of " + label,
                        () -> cache.count("peerdist_content_served_blocks", "content_tag", label) == served);
                assertThat(cache.count("peerdist_content_served_bytes", "content_tag", label))
                        .isEqualTo((double) served * bytes);
                assertThat(cache.count("peerdist_content_offered_segments", "content_tag", label))
                        .isEqualTo(1);
                assertThat(cache.gauge("peerdist_content_stored_segments", "content_tag", label))
                        .isEqualTo(1);
                assertThat(cache.gauge("peerdist_content_stored_bytes", "content_tag", label))
                        .isEqualTo(bytes);
            }
            assertThat(tags)
                    .extracting(ContentTag::label)
                    .containsExactly("WinINet", "WebIO", "BITS-4.0", "SMB", "other");
        }
    }

    @Test
    void keepsTheTagOfTheDescriptionThatASegmentWasFirstPulledBy() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 1_000);
        try (RunningCache cache = new RunningCache(directory.resolve("cache"));
                ScriptedPeer peer = new ScriptedPeer(
                        LOCAL,
                        request ->
                                RetrievalCodec.encodeResponse(segment.encrypted(((GetBlocks) request).blockIndex())))) {
            cache.offer(SegmentInfo.of(peer.port(), ContentTag.SMB, segment.description()));
            cache.awaitQuiet(1);
            cache.offer(SegmentInfo.of(peer.port(), ContentTag.BITS, segment.description()));
            Await.until("held", () -> cache.offers("held") == 1);

            assertThat(cache.gauge("peerdist_content_stored_segments", "content_tag", "SMB"))
                    .isEqualTo(1);
            assertThat(cache.count("peerdist_content_offered_segments", "content_tag", "BITS-4.0"))
                    .isEqualTo(1);
        }
    }
}
