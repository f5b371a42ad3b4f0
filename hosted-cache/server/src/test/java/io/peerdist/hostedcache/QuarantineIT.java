// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of segments that a client offers which had been served them. The client fetches and offers from 127.0.0.1. */
class QuarantineIT {
    private static final String LIAR = "127.0.0.2";

    @TempDir
    private Path directory;

    private final Map<SegmentId, SegmentDescription> keys = new ConcurrentHashMap<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by start, with which every test begins
    private RunningCache cache;

    private int offers;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : toClose) {
            part.close();
        }
    }

    @Test
    void healsAPoisonedSegmentWhenAClientThatWasServedItOffersIt() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::forged);
        assertThat(fetched(segment)).isEqualTo(segment.forged(0));

        offer(LOCAL, segment.descriptor(), segment::encrypted);

        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
        assertThat(reoffers("replaced")).isEqualTo(1);
        assertThat(cache.cache.quarantine().segments()).isZero();
    }

    @Test
    void healsAlsoWhatWasStoredUnderAnotherLength() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        SegmentDescriptor shorter = new SegmentDescriptor(
                100, 100, ContentTag.BITS, segment.description().hashAlgorithm(), segment.id());
        offer(LIAR, shorter, index -> Segments.block(shorter, index));
        assertThat(fetched(segment).block()).hasSize(112);

        offer(LOCAL, segment.descriptor(), segment::encrypted);

        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void healsEveryBlockOfALongSegment() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v1(1, 6 * Segments.V1_BLOCK_BYTES + 5);
        offer(LIAR, segment.descriptor(), segment::forged);
        fetched(segment);

        offer(LOCAL, segment.descriptor(), segment::encrypted);

        for (int index = 0; index < segment.blockCount(); index++) {
            assertThat(cache.block(segment.id(), index).block())
                    .isEqualTo(segment.encrypted(index).block());
        }
    }

    @Test
    void keepsAPinnedSegmentPinned() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::forged);
        cache.cache.store().pin(segment.id());
        fetched(segment);

        offer(LOCAL, segment.descriptor(), segment::encrypted);

        assertThat(cache.cache.store().find(segment.id()))
                .satisfies(summary -> assertThat(summary.pinned()).isTrue());
    }

    @Test
    void servesNothingOfASegmentWhileItIsPulledAnew() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::forged);
        fetched(segment);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);

        offerOnly(LOCAL, segment.descriptor(), index -> {
            asked.countDown();
            awaitQuietly(answer);
            return segment.encrypted(index);
        });

        awaitQuietly(asked);
        assertThat(cache.block(segment.id(), 0).isEmpty()).isTrue();
        assertThat(cache.registry.get("peerdist_quarantine_segments").gauge().value())
                .isEqualTo(1);
        answer.countDown();
        cache.awaitQuiet(offers);
        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void servesWhatItHadWhenPullingAnewFails() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::encrypted);
        fetched(segment);

        offer(LOCAL, segment.descriptor(), index -> BlockResponse.missing(segment.id(), index, 0));

        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
        assertThat(reoffers("lifted")).isEqualTo(1);
    }

    @Test
    void cannotBeEmptiedByAClientThatReoffersEverything() throws Exception {
        start(Map.of("quarantine.segments-per-hour", "3"));
        List<ContentSegment> segments = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            ContentSegment segment = ContentSegment.v2(number, 1_000 + number);
            segments.add(segment);
            offer(LIAR, segment.descriptor(), segment::encrypted);
            fetched(segment);
        }

        for (ContentSegment segment : segments) {
            offer(LOCAL, segment.descriptor(), segment::forged);
        }

        assertThat(reoffers("replaced")).isEqualTo(3);
        assertThat(reoffers("limited")).isEqualTo(7);
        assertThat(cache.cache.statistics().segments()).isEqualTo(10);
        assertThat(segments.stream()
                        .filter(segment -> cache.block(segment.id(), 0).equals(segment.encrypted(0)))
                        .count())
                .isEqualTo(7);
    }

    @Test
    void mustServeAClientAnewBeforeItMayDoubtAgain() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::encrypted);
        fetched(segment);
        offer(LOCAL, segment.descriptor(), segment::encrypted);

        offerOnly(LOCAL, segment.descriptor(), segment::forged);

        Await.until("known", () -> cache.offers("held") == 1);
        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void believesAClientThatWasServedNothingToOfferTheSame() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::encrypted);
        fetched(segment);

        offerOnly("127.0.0.3", segment.descriptor(), segment::forged);

        Await.until("known", () -> cache.offers("held") == 1);
        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
    }

    @Test
    void keepsAGoodSegmentWhoseKeyIsKnown() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        keys.put(segment.id(), segment.description());
        offer(LIAR, segment.descriptor(), segment::encrypted);
        fetched(segment);

        offer(LOCAL, segment.descriptor(), segment::forged);

        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0));
        assertThat(reoffers("verified")).isEqualTo(1);
        assertThat(cache.pulls("held")).isEqualTo(1);
    }

    @Test
    void removesOnlyTheWrongBlocksOfASegmentWhoseKeyIsKnown() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v1(1, 3 * Segments.V1_BLOCK_BYTES);
        offer(LIAR, segment.descriptor(), index -> index == 1 ? segment.forged(1) : segment.encrypted(index));
        fetched(segment);
        keys.put(segment.id(), segment.description());
        List<Integer> asked = new CopyOnWriteArrayList<>();

        offer(LOCAL, segment.descriptor(), index -> {
            asked.add(index);
            return segment.encrypted(index);
        });

        assertThat(asked).containsExactly(1);
        assertThat(cache.block(segment.id(), 1).block())
                .isEqualTo(segment.encrypted(1).block());
        assertThat(reoffers("repaired")).isEqualTo(1);
    }

    @Test
    void takesAnOfferOfWhatIsMissingForWhatItIs() throws Exception {
        start(Map.of());
        ContentSegment segment = ContentSegment.v1(1, 5 * Segments.V1_BLOCK_BYTES);
        offer(
                LIAR,
                segment.descriptor(),
                index -> index < 2 ? segment.encrypted(index) : BlockResponse.missing(segment.id(), index, 0));
        fetched(segment);

        offer(LOCAL, segment.descriptor(), segment::encrypted);

        assertThat(cache.blocks(segment.id(), 5).blockCount()).isEqualTo(5);
        assertThat(reoffers("replaced")).isZero();
    }

    @Test
    void canBeTurnedOff() throws Exception {
        start(Map.of("quarantine.segments-per-hour", "0"));
        ContentSegment segment = ContentSegment.v2(1, 50_000);
        offer(LIAR, segment.descriptor(), segment::encrypted);
        cache.block(segment.id(), 0);

        offerOnly(LOCAL, segment.descriptor(), segment::forged);

        Await.until("known", () -> cache.offers("held") == 1);
        assertThat(cache.cache.quarantine().isReoffer(InetAddress.getLoopbackAddress(), segment.id()))
                .isFalse();
    }

    private void start(Map<String, String> settings) {
        cache = new RunningCache(directory, settings, keys::get);
        toClose.add(cache);
    }

    /** The first block as the client at 127.0.0.1 gets it, once the cache has noted that it was sent. */
    private BlockResponse fetched(ContentSegment segment) {
        BlockResponse block = cache.block(segment.id(), 0);
        InetAddress client = InetAddress.getLoopbackAddress();
        Await.until("noted", () -> cache.cache.quarantine().isReoffer(client, segment.id()));
        return block;
    }

    /** Offers from {@code address} a peer that answers so, and waits until the cache is done with it. */
    private void offer(String address, SegmentDescriptor segment, IntFunction<BlockResponse> blocks)
            throws IOException {
        offerOnly(address, segment, blocks);
        cache.awaitQuiet(offers);
    }

    private void offerOnly(String address, SegmentDescriptor segment, IntFunction<BlockResponse> blocks)
            throws IOException {
        ScriptedPeer peer = new ScriptedPeer(address, request -> answer(request, blocks));
        toClose.add(0, peer);
        offers++;
        OfferingClient.offer(cache.address(), address, peer.port(), segment);
    }

    private static byte[] answer(RetrievalRequest request, IntFunction<BlockResponse> blocks) {
        if (request instanceof GetBlockList get) {
            return RetrievalCodec.encodeResponse(new BlockList(get.segmentId(), get.wanted(), 0));
        }
        return RetrievalCodec.encodeResponse(blocks.apply(((GetBlocks) request).blockIndex()));
    }

    private double reoffers(String result) {
        return cache.count("peerdist_quarantine_reoffers", "result", result);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
