// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pulls of segments whose keys the cache knows from elsewhere than the offer. */
class VerifiedPullIT {
    @TempDir
    private Path directory;

    private final Map<SegmentId, SegmentDescription> keys = new ConcurrentHashMap<>();
    private final List<String> askedOn = new java.util.concurrent.CopyOnWriteArrayList<>();
    private RunningCache cache;

    @BeforeEach
    void start() {
        cache = new RunningCache(directory, Map.of(), id -> {
            askedOn.add(Thread.currentThread().getName());
            return keys.get(id);
        });
    }

    @AfterEach
    void stop() {
        cache.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = CryptoAlgorithm.class,
            names = {"AES_128", "AES_192", "AES_256"})
    void storesTheCiphertextOfABlockThatHasItsHash(CryptoAlgorithm algorithm) throws Exception {
        ContentSegment segment = known(ContentSegment.v2(1, 50_001));

        offerFrom(segment, index -> segment.encrypted(index, algorithm));

        cache.awaitQuiet(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
        assertThat(cache.block(segment.id(), 0)).isEqualTo(segment.encrypted(0, algorithm));
        assertThat(askedOn).hasSize(1).allMatch(thread -> thread.startsWith("pull-"));
    }

    @Test
    void storesNothingOfAForgedBlockAndCountsIt() throws Exception {
        ContentSegment segment = known(ContentSegment.v2(1, 50_000));

        offerFrom(segment, segment::forged);

        cache.awaitQuiet(1);
        assertThat(cache.pulls("wrong")).isPositive();
        assertThat(cache.faults("hash")).isEqualTo(cache.pulls("wrong"));
        assertThat(cache.cache.statistics().blocks()).isZero();
    }

    @Test
    void storesABlockOfAnotherKeyOnlyWhenItCannotTell() throws Exception {
        ContentSegment known = known(ContentSegment.v2(1, 5_000));
        ContentSegment unknown = ContentSegment.v2(2, 5_000);

        offerFrom(known, index -> Segments.block(known.descriptor(), index));
        offerFrom(unknown, index -> Segments.block(unknown.descriptor(), index));

        cache.awaitQuiet(2);
        assertThat(cache.block(known.id(), 0).isEmpty()).isTrue();
        assertThat(cache.block(unknown.id(), 0)).isEqualTo(Segments.block(unknown.descriptor(), 0));
    }

    @Test
    void encryptsABlockThatCameWithoutEncryption() throws Exception {
        ContentSegment segment = known(ContentSegment.v2(1, 5_000));
        ContentSegment second = known(ContentSegment.v2(2, 5_000));

        offerFrom(segment, index -> segment.encrypted(index, CryptoAlgorithm.NONE));
        offerFrom(second, index -> second.encrypted(index, CryptoAlgorithm.NONE));

        cache.awaitQuiet(2);
        BlockResponse stored = cache.block(segment.id(), 0);
        assertThat(stored.cryptoAlgorithm()).isEqualTo(CryptoAlgorithm.AES_128);
        assertThat(segment.decrypted(stored)).isEqualTo(segment.block(0));
        assertThat(stored.initializationVector())
                .isNotEqualTo(cache.block(second.id(), 0).initializationVector());
    }

    @Test
    void refusesAForgedBlockThatCameWithoutEncryption() throws Exception {
        ContentSegment segment = known(ContentSegment.v2(1, 5_000));

        offerFrom(
                segment,
                index -> new BlockResponse(
                        segment.id(), 0, 0, CryptoAlgorithm.NONE, Segments.bytes(5, 5_000), new byte[0]));

        cache.awaitQuiet(1);
        assertThat(cache.faults("hash")).isPositive();
        assertThat(cache.cache.statistics().blocks()).isZero();
    }

    @Test
    void keepsTheGoodBlocksOfAVersion1SegmentAndAsksAnotherPeerForTheForgedOne() throws Exception {
        ContentSegment segment = known(ContentSegment.v1(1, 6 * Segments.V1_BLOCK_BYTES + 77));

        offerFrom(segment, index -> index == 4 ? segment.forged(index) : segment.encrypted(index));
        cache.awaitQuiet(1);
        assertThat(cache.blocks(segment.id(), 7).contains(4)).isFalse();
        assertThat(cache.faults("hash")).isPositive();

        offerFrom(segment, segment::encrypted);
        cache.awaitQuiet(2);

        assertThat(cache.blocks(segment.id(), 7).blockCount()).isEqualTo(7);
        for (int i = 0; i < 7; i++) {
            assertThat(segment.decrypted(cache.block(segment.id(), i))).isEqualTo(segment.block(i));
        }
    }

    @Test
    void takesTheSizesFromTheDescriptionAndNotFromTheOffer() throws Exception {
        ContentSegment segment = known(ContentSegment.v1(1, 3 * Segments.V1_BLOCK_BYTES));
        ScriptedPeer peer = peer(segment, segment::encrypted);

        OfferingClient.offer(
                cache.address(),
                LOCAL,
                peer.port(),
                new io.peerdist.codec.pchc.SegmentDescriptor(
                        1_000,
                        2_000,
                        io.peerdist.codec.pchc.ContentTag.BITS,
                        io.peerdist.codec.pccrc.HashAlgorithm.SHA_256,
                        segment.id()));

        cache.awaitQuiet(1);
        peer.close();
        assertThat(cache.pulls("stored")).isEqualTo(1);
        assertThat(cache.blocks(segment.id(), 3).blockCount()).isEqualTo(3);
    }

    private ContentSegment known(ContentSegment segment) {
        keys.put(segment.id(), segment.description());
        return segment;
    }

    private void offerFrom(ContentSegment segment, IntFunction<BlockResponse> blocks) throws Exception {
        ScriptedPeer peer = peer(segment, blocks);
        int before = (int) cache.offers("queued");
        OfferingClient.offer(cache.address(), LOCAL, peer.port(), segment.descriptor());
        cache.awaitQuiet(before + 1);
        peer.close();
    }

    static ScriptedPeer peer(ContentSegment segment, IntFunction<BlockResponse> blocks) throws Exception {
        return new ScriptedPeer(LOCAL, request -> answer(segment, blocks, request));
    }

    private static byte[] answer(ContentSegment segment, IntFunction<BlockResponse> blocks, RetrievalRequest request) {
        return request instanceof GetBlockList get
                ? RetrievalCodec.encodeResponse(new BlockList(segment.id(), get.wanted(), 0))
                : RetrievalCodec.encodeResponse(blocks.apply(((GetBlocks) request).blockIndex()));
    }
}
