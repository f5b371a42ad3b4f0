// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.OfferingClient.Response;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 1.0 offers, from the first to the blocks that the cache serves. */
class DescribedOffersIT {
    private static final int BLOCK = Segments.V1_BLOCK_BYTES;

    @TempDir
    private Path directory;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private RunningCache cache;

    @BeforeEach
    void start() {
        cache = new RunningCache(directory);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : toClose) {
            part.close();
        }
        cache.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = HashAlgorithm.class,
            names = {"SHA_256", "SHA_384", "SHA_512"})
    void asksForTheDescriptionPullsByItAndServesWhatIsRight(HashAlgorithm algorithm) throws Exception {
        ContentSegment segment = ContentSegment.v1(algorithm, 1, 5 * BLOCK + 321);
        ScriptedPeer peer = peer(segment, segment::encrypted);

        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        assertThat(cache.offer(segment.info(peer.port()))).isEqualTo(OfferResponse.OK);

        cache.awaitQuiet(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
        for (int i = 0; i < segment.blockCount(); i++) {
            assertThat(segment.decrypted(cache.block(segment.id(), i))).isEqualTo(segment.block(i));
        }
        int asked = peer.requests.size();
        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.OK);
        assertThat(cache.offer(segment.info(peer.port()))).isEqualTo(OfferResponse.OK);
        Await.until("known", () -> cache.offers("held") == 2);
        assertThat(peer.requests).hasSize(asked);
        assertThat(cache.offers("interested")).isEqualTo(1);
    }

    @Test
    void takesADescriptionWithoutAnOfferBefore() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 100);

        assertThat(cache.offer(segment.info(peer(segment, segment::encrypted).port())))
                .isEqualTo(OfferResponse.OK);

        cache.awaitQuiet(1);
        assertThat(segment.decrypted(cache.block(segment.id(), 0))).isEqualTo(segment.block(0));
    }

    @Test
    void answersBeforeAnythingIsPulled() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        ContentSegment segment = ContentSegment.v1(1, 100);
        ScriptedPeer peer = peer(segment, index -> {
            awaitQuietly(go);
            return segment.encrypted(index);
        });

        assertThat(cache.offer(segment.info(peer.port()))).isEqualTo(OfferResponse.OK);
        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.OK);
        assertThat(cache.pulls("stored")).isZero();

        go.countDown();
        cache.awaitQuiet(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
    }

    /** MS-PCHC 3.1.5.1 and the example of 4.2: the hashes are known, the blocks are pulled from who offers next. */
    @Test
    void asksTheNextClientThatOffersForTheBlocksItLacks() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 9 * BLOCK + 5);
        ScriptedPeer first = peer(segment, segment::encrypted, 0, 1, 2, 3, 7);
        ScriptedPeer second = peer(segment, segment::encrypted);
        cache.offer(segment.info(first.port()));
        cache.awaitQuiet(1);
        assertThat(cache.blocks(segment.id(), 10).blockCount()).isEqualTo(5);

        assertThat(cache.offer(new InitialOffer(second.port(), segment.id()))).isEqualTo(OfferResponse.OK);

        cache.awaitQuiet(2);
        assertThat(cache.blocks(segment.id(), 10).blockCount()).isEqualTo(10);
        assertThat(second.requests.stream().filter(GetBlocks.class::isInstance)).hasSize(5);
    }

    @Test
    void isInterestedInASegmentOfWhichItKnowsTheFirstHashesOnly() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 6 * BLOCK);
        ScriptedPeer peer = peer(segment, segment::encrypted);

        assertThat(cache.offer(segment.infoOfFirst(2, peer.port()))).isEqualTo(OfferResponse.OK);
        cache.awaitQuiet(1);
        assertThat(cache.pulls("partial")).isEqualTo(1);
        assertThat(cache.blocks(segment.id(), 6)).isEqualTo(BlockRanges.first(2));
        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);

        cache.offer(segment.infoOfFirst(5, peer.port()));
        cache.awaitQuiet(2);
        assertThat(cache.blocks(segment.id(), 6)).isEqualTo(BlockRanges.first(5));

        cache.offer(segment.info(peer.port()));
        cache.awaitQuiet(3);
        assertThat(cache.blocks(segment.id(), 6)).isEqualTo(BlockRanges.first(6));
        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.OK);
        assertThat(cache.count("peerdist_pull_disproved_blocks")).isZero();
    }

    @Test
    void replacesBlocksOfAForgedPartialListOnceTheWholeListIsKnown() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 4 * BLOCK);
        byte[] poison = segment.decrypted(segment.forged(0));
        byte[] hash = HashAlgorithm.SHA_256.hash(poison, 0, poison.length);
        ScriptedPeer liar = peer(segment, index -> index == 0 ? segment.forged(0) : segment.encrypted(index));
        cache.offer(segment.forgedInfoOfFirst(2, 0, hash, liar.port()));
        cache.awaitQuiet(1);
        assertThat(segment.decrypted(cache.block(segment.id(), 0))).isEqualTo(poison);

        ScriptedPeer good = peer(segment, segment::encrypted);
        assertThat(cache.offer(new InitialOffer(good.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        cache.offer(segment.info(good.port()));

        cache.awaitQuiet(2);
        for (int i = 0; i < 4; i++) {
            assertThat(segment.decrypted(cache.block(segment.id(), i))).isEqualTo(segment.block(i));
        }
        assertThat(cache.count("peerdist_pull_disproved_blocks")).isEqualTo(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
    }

    @Test
    void pullsByTheWholeListThatItKnowsWhateverAPartialOneSays() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 4 * BLOCK);
        ScriptedPeer first = peer(segment, segment::encrypted, 3);
        cache.offer(segment.info(first.port()));
        cache.awaitQuiet(1);
        ScriptedPeer liar = peer(segment, segment::forged);
        byte[] poison = segment.decrypted(segment.forged(0));

        cache.offer(segment.forgedInfoOfFirst(1, 0, HashAlgorithm.SHA_256.hash(poison, 0, poison.length), liar.port()));

        cache.awaitQuiet(2);
        assertThat(cache.faults("hash")).isPositive();
        assertThat(cache.blocks(segment.id(), 4).indexes()).containsExactly(3);
    }

    @Test
    void holdsWhatVersion2BroughtToTheDescription() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 4 * BLOCK);
        ScriptedPeer liar = peer(segment, index -> index == 2 ? segment.forged(2) : segment.encrypted(index));
        OfferingClient.offer(cache.address(), LOCAL, liar.port(), segment.descriptor());
        cache.awaitQuiet(1);
        assertThat(cache.blocks(segment.id(), 4).blockCount()).isEqualTo(4);

        ScriptedPeer good = peer(segment, segment::encrypted);
        assertThat(cache.offer(new InitialOffer(good.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        cache.offer(segment.info(good.port()));

        cache.awaitQuiet(2);
        assertThat(segment.decrypted(cache.block(segment.id(), 2))).isEqualTo(segment.block(2));
        assertThat(good.requests).hasSize(1);
    }

    @Test
    void replacesWhatWasStoredWithOtherLengthsOnceTheLastBlockProvesThem() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 5 * BLOCK - 9);
        SegmentDescriptor lie =
                new SegmentDescriptor(BLOCK, 5 * BLOCK - 1_000, ContentTag.BITS, HashAlgorithm.SHA_256, segment.id());
        ScriptedPeer liar = new ScriptedPeer(LOCAL, request -> answerAs(lie, request));
        toClose.add(liar);
        OfferingClient.offer(cache.address(), LOCAL, liar.port(), lie);
        cache.awaitQuiet(1);
        assertThat(cache.blocks(segment.id(), 5).blockCount()).isEqualTo(5);

        cache.offer(segment.info(peer(segment, segment::encrypted).port()));

        cache.awaitQuiet(2);
        assertThat(cache.pulls("stored")).isEqualTo(2);
        for (int i = 0; i < 5; i++) {
            assertThat(segment.decrypted(cache.block(segment.id(), i))).isEqualTo(segment.block(i));
        }
    }

    @Test
    void keepsWhatIsStoredWhenOtherLengthsAreNotProven() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 5 * BLOCK - 9);
        cache.offer(segment.info(peer(segment, segment::encrypted).port()));
        cache.awaitQuiet(1);
        byte[] information = segment.info(1).segmentInformation();
        ByteBuffer.wrap(information)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(10, 0)
                .putInt(26, 5 * BLOCK - 10);
        ScriptedPeer liar = peer(segment, segment::encrypted);

        assertThat(cache.offer(new SegmentInfo(liar.port(), ContentTag.OTHER, information)))
                .isEqualTo(OfferResponse.OK);

        Await.until("tried", () -> cache.faults("hash") + cache.faults("length") > 0 && cache.cache.isQuiet());
        assertThat(cache.blocks(segment.id(), 5).blockCount()).isEqualTo(5);
        assertThat(cache.offer(new InitialOffer(liar.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        cache.offer(segment.info(peer(segment, segment::encrypted).port()));
        cache.awaitQuiet(2);
        assertThat(cache.offer(new InitialOffer(liar.port(), segment.id()))).isEqualTo(OfferResponse.OK);
        for (int i = 0; i < 5; i++) {
            assertThat(segment.decrypted(cache.block(segment.id(), i))).isEqualTo(segment.block(i));
        }
    }

    @Test
    void doesNotPullByHashesThatAreNotTheSegments() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 3 * BLOCK);
        ScriptedPeer liar = peer(segment, segment::forged);

        assertThat(cache.offer(segment.forgedInfoOfFirst(3, 1, Segments.bytes(8, 32), liar.port())))
                .isEqualTo(OfferResponse.OK);

        Await.until("judged", () -> cache.offers("disproved") == 1);
        assertThat(cache.offer(new InitialOffer(liar.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        assertThat(cache.offers("queued")).isZero();
        assertThat(liar.requests).isEmpty();
    }

    @Test
    void asksForTheDescriptionAgainAfterABlockThatIsNotAsDescribed() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 2 * BLOCK);
        cache.offer(segment.info(peer(segment, segment::forged).port()));
        cache.awaitQuiet(1);
        assertThat(cache.cache.statistics().blocks()).isZero();

        ScriptedPeer good = peer(segment, segment::encrypted);
        assertThat(cache.offer(new InitialOffer(good.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        cache.offer(segment.info(good.port()));
        cache.awaitQuiet(2);
        assertThat(cache.offer(new InitialOffer(good.port(), segment.id()))).isEqualTo(OfferResponse.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "algorithm", "none", "two", "cut", "empty", "garbage"})
    void answersOkAndPullsNothingByADescriptionThatCannotBeRead(String fault) throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 2 * BLOCK);
        ScriptedPeer peer = peer(segment, segment::encrypted);
        byte[] information = segment.info(1).segmentInformation();
        ByteBuffer octets = ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN);
        switch (fault) {
            case "version" -> octets.putShort(0, (short) 0xFEFE);
            case "algorithm" -> octets.putInt(2, 0xFEFE);
            case "none" -> octets.putInt(14, 0);
            case "two" -> octets.putInt(14, 2);
            case "cut" -> information = Arrays.copyOf(information, information.length - 1);
            case "empty" -> information = new byte[0];
            default -> information = Segments.bytes(4, 500);
        }

        assertThat(cache.offer(new SegmentInfo(peer.port(), ContentTag.SMB, information)))
                .isEqualTo(OfferResponse.OK);

        Await.until("judged", () -> cache.offers("ignored") == 1);
        assertThat(cache.offers("queued")).isZero();
        assertThat(peer.requests).isEmpty();
    }

    @Test
    void refusesWhatIsNoMessageOfVersion1AndCloses() throws Exception {
        byte[] info = ContentSegment.v1(1, 100).info(80).encode();
        byte[] otherVersion = new InitialOffer(80, Segments.id(1)).encode();
        otherVersion[1] = 3;
        List<byte[]> broken = List.of(
                new byte[0],
                new byte[15],
                Segments.bytes(2, 100),
                otherVersion,
                new BatchedOffer(80, List.of(Segments.v2(1, 100))).encode(),
                Arrays.copyOf(info, 16),
                Arrays.copyOf(info, 31),
                Arrays.copyOf(new InitialOffer(80, Segments.id(1)).encode(), 16));
        for (byte[] body : broken) {
            try (OfferingClient offering = new OfferingClient(cache.version1Address(), LOCAL)) {
                assertThat(offering.send(RunningCache.V1_REQUEST, body).status())
                        .isEqualTo(400);
                assertThat(offering.isAtEnd()).isTrue();
            }
        }
        assertThat(cache.count("peerdist_malformed", "protocol", "MS-PCHC")).isEqualTo(broken.size());
    }

    @Test
    void doesNotTakeVersion1MessagesOverPlainHttp() throws Exception {
        byte[] offer = new InitialOffer(80, Segments.id(1)).encode();
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            assertThat(offering.send(RunningCache.V1_REQUEST, offer).status()).isEqualTo(404);
        }
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            assertThat(offering.post(offer).status()).isEqualTo(400);
        }
    }

    /** As .NET clients offer: HTTP/1.0 and one connection for both messages. */
    @Test
    void takesBothMessagesOnAConnectionOfHttp10() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 100);
        ScriptedPeer peer = peer(segment, segment::encrypted);
        String head = "POST /C574AC30-5794-4AEE-B1BB-6651C5315029/ HTTP/1.0\nConnection: Keep-Alive\n";
        try (OfferingClient offering = new OfferingClient(cache.version1Address(), LOCAL)) {
            Response first = offering.send(head, new InitialOffer(peer.port(), segment.id()).encode());
            assertThat(RunningCache.answer(first)).isEqualTo(OfferResponse.INTERESTED);
            assertThat(first.headers()).containsEntry("content-type", "application/octet-stream");
            assertThat(RunningCache.answer(
                            offering.send(head, segment.info(peer.port()).encode())))
                    .isEqualTo(OfferResponse.OK);
        }
        cache.awaitQuiet(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
    }

    @Test
    void pullsOnlyFromTheAddressThatOffered() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 100);
        ScriptedPeer elsewhere = peer(segment, segment::encrypted);

        assertThat(cache.offer("127.0.0.2", segment.info(elsewhere.port()))).isEqualTo(OfferResponse.OK);

        cache.awaitQuiet(1);
        assertThat(cache.pulls("connect")).isPositive();
        assertThat(elsewhere.requests).isEmpty();
    }

    @Test
    void checksWhatItHoldsOnceMoreAfterARestartAndPullsNothing() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 3 * BLOCK);
        ScriptedPeer peer = peer(segment, segment::encrypted);
        cache.offer(segment.info(peer.port()));
        cache.awaitQuiet(1);
        cache.close();
        int asked = peer.requests.size();

        cache = new RunningCache(directory);

        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.INTERESTED);
        assertThat(cache.offer(segment.info(peer.port()))).isEqualTo(OfferResponse.OK);
        cache.awaitQuiet(1);
        assertThat(cache.pulls("held")).isEqualTo(1);
        assertThat(cache.offer(new InitialOffer(peer.port(), segment.id()))).isEqualTo(OfferResponse.OK);
        assertThat(peer.requests).hasSize(asked);
    }

    private ScriptedPeer peer(ContentSegment segment, IntFunction<BlockResponse> blocks, int... held) throws Exception {
        int[] indexes =
                held.length == 0 ? IntStream.range(0, segment.blockCount()).toArray() : held;
        java.util.BitSet has = new java.util.BitSet();
        Arrays.stream(indexes).forEach(has::set);
        ScriptedPeer peer =
                new ScriptedPeer(LOCAL, request -> answer(segment, blocks, BlockRanges.copyOf(has), request));
        toClose.add(peer);
        return peer;
    }

    private static byte[] answer(
            ContentSegment segment, IntFunction<BlockResponse> blocks, BlockRanges held, RetrievalRequest request) {
        if (request instanceof GetBlockList get) {
            return RetrievalCodec.encodeResponse(new BlockList(segment.id(), held.intersect(get.wanted()), 0));
        }
        int index = ((GetBlocks) request).blockIndex();
        return RetrievalCodec.encodeResponse(
                held.contains(index) ? blocks.apply(index) : BlockResponse.missing(segment.id(), index, 0));
    }

    private static byte[] answerAs(SegmentDescriptor segment, RetrievalRequest request) {
        return request instanceof GetBlockList get
                ? RetrievalCodec.encodeResponse(new BlockList(segment.id(), get.wanted(), 0))
                : RetrievalCodec.encodeResponse(Segments.block(segment, ((GetBlocks) request).blockIndex()));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
