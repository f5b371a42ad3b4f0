// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.SegmentRange;
import io.peerdist.codec.pccrr.UnsupportedRequest;
import io.peerdist.codec.pccrr.VersionRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrievalServiceTest {
    private static final SegmentId ID = Blocks.id(1);

    @TempDir
    private Path directory;

    private FileSegmentSource source;
    private RetrievalService service;

    @BeforeEach
    void open() throws Exception {
        source = new FileSegmentSource(directory);
        service = new RetrievalService(source);
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void answersNegotiationWithTheVersionsOfThisImplementation() {
        Answer answer = service.answer(
                new NegotiationRequest(new VersionRange(new ProtocolVersion(7, 0), new ProtocolVersion(9, 9))));

        assertThat(answer)
                .isEqualTo(new Answer.Message(new NegotiationResponse(VersionRange.SUPPORTED), RequestResult.SERVED));
    }

    @Test
    void answersAnUnsupportedVersionWithTheVersionsOfThisImplementation() {
        Answer answer = service.answer(new UnsupportedRequest(new ProtocolVersion(3, 0)));

        assertThat(answer)
                .isEqualTo(new Answer.Message(new NegotiationResponse(VersionRange.SUPPORTED), RequestResult.VERSION));
    }

    @Test
    void servesABlockFromMemoryAndNamesTheNextOneHeldAcrossGaps() {
        hold(ID, 3, 5, 9);

        Answer answer = service.answerFromMemory(GetBlocks.one(ID, 5));

        assertThat(answer).isInstanceOfSatisfying(Answer.Block.class, block -> {
            assertThat(block.block().blockIndex()).isEqualTo(5);
            assertThat(block.nextBlockIndex()).isEqualTo(9);
            block.discard();
        });
        assertThat(source.loads).hasValue(0);
        assertThat(source.open()).isZero();
    }

    @Test
    void namesNoNextBlockBehindTheLast() {
        hold(ID, 3, 5);

        Answer answer = service.answerFromMemory(GetBlocks.one(ID, 5));

        assertThat(answer).isInstanceOfSatisfying(Answer.Block.class, block -> {
            assertThat(block.nextBlockIndex()).isZero();
            block.discard();
        });
    }

    @Test
    void servesTheSmallestIndexOfSeveralBlocksAskedFor() {
        hold(ID, 2, 7);

        Answer answer = service.answerFromMemory(
                new GetBlocks(ID, List.of(new BlockRange(7, 1), new BlockRange(2, 3)), CryptoAlgorithm.AES_256));

        assertThat(answer).isInstanceOfSatisfying(Answer.Block.class, block -> {
            assertThat(block.block().blockIndex()).isEqualTo(2);
            block.discard();
        });
    }

    @Test
    void answersAMissingBlockWithAnEmptyOneAndTheNextBlockHeld() {
        hold(ID, 2, 7);

        assertThat(response(GetBlocks.one(ID, 4))).isEqualTo(BlockResponse.missing(ID, 4, 7));
        assertThat(response(GetBlocks.one(Blocks.id(2), 4))).isEqualTo(BlockResponse.missing(Blocks.id(2), 4, 0));
    }

    @Test
    void answersARequestForNoBlockWithAnEmptyOne() {
        hold(ID, 0);

        assertThat(response(new GetBlocks(ID, List.of(), CryptoAlgorithm.AES_128)))
                .isEqualTo(BlockResponse.missing(ID, 0, 0));
        assertThat(source.opened).hasValue(0);
    }

    @Test
    void leavesABlockToTheDiskWhenItsChecksumIsNotKnownToBeRight() {
        hold(ID, 0);
        source.unchecked = true;

        assertThat(service.answerFromMemory(GetBlocks.one(ID, 0))).isNull();
        Answer answer = service.answer(GetBlocks.one(ID, 0));

        assertThat(answer).isInstanceOf(Answer.Block.class);
        answer.discard();
    }

    @Test
    void answersADamagedBlockWithAnEmptyOne() {
        hold(ID, 0, 1);
        source.unchecked = true;
        source.damaged = true;

        Answer answer = service.answer(GetBlocks.one(ID, 0));

        assertThat(answer).isEqualTo(new Answer.Message(BlockResponse.missing(ID, 0, 1), RequestResult.EMPTY));
    }

    @Test
    void leavesEveryKindOfLookUpToTheDiskWhenMemoryDoesNotKnowTheSegment() {
        source.forgetful = true;

        assertThat(service.answerFromMemory(GetBlocks.one(ID, 0))).isNull();
        assertThat(service.answerFromMemory(getBlockList(new BlockRange(0, 1)))).isNull();
        assertThat(service.answerFromMemory(new GetSegmentList(requestId(), List.of(ID), null)))
                .isNull();
        assertThat(service.answerFromMemory(new NegotiationRequest(VersionRange.SUPPORTED)))
                .isNotNull();
    }

    @Test
    void intersectsUnsortedOverlappingRangesAndAnswersInNormalForm() {
        hold(ID, 1, 2, 3, 5, 8, 9);

        BlockList list =
                (BlockList) response(getBlockList(new BlockRange(5, 3), new BlockRange(2, 2), new BlockRange(3, 3)));

        assertThat(list.blocks().ranges()).containsExactly(new BlockRange(2, 2), new BlockRange(5, 1));
        assertThat(list.nextBlockIndex()).isEqualTo(8);
    }

    @Test
    void listsNothingOfAnUnknownSegmentOrForNoRange() {
        hold(ID, 1);

        assertThat(response(getBlockList())).isEqualTo(new BlockList(ID, BlockRanges.NONE, 0));
        assertThat(response(new GetBlockList(Blocks.id(2), List.of(new BlockRange(0, 512)), CryptoAlgorithm.AES_128)))
                .isEqualTo(new BlockList(Blocks.id(2), BlockRanges.NONE, 0));
    }

    @Test
    void listsSegmentsByTheirPlaceInTheRequestWithAgesFromTheFirstOneHeld() {
        hold(Blocks.id(11), 0);
        hold(Blocks.id(12), 0);
        hold(Blocks.id(14), 3);
        source.age(Blocks.id(11), 12_345);
        source.age(Blocks.id(14), Long.MAX_VALUE);
        List<SegmentId> asked = List.of(Blocks.id(10), Blocks.id(11), Blocks.id(12), Blocks.id(13), Blocks.id(14));

        SegmentList list = (SegmentList) response(new GetSegmentList(requestId(), asked, null));

        assertThat(list.requestId()).isEqualTo(requestId());
        assertThat(list.ranges()).containsExactly(new SegmentRange(1, 2), new SegmentRange(4, 1));
        assertThat(list.ages())
                .isEqualTo(new SegmentAges(
                        AgeUnit.HUNDREDTHS,
                        List.of(
                                new EncodedSegmentAge(0, 1_234),
                                new EncodedSegmentAge(1, 0),
                                new EncodedSegmentAge(3, EncodedSegmentAge.MAX_AGE))));
    }

    @Test
    void agesAtMost255SegmentsAndOnlyThoseThatOneOctetReaches() {
        List<SegmentId> asked = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            asked.add(Blocks.id(i));
            if (i % 2 == 1) {
                hold(Blocks.id(i), 0);
            }
        }

        SegmentList list = (SegmentList) response(new GetSegmentList(requestId(), asked, null));

        assertThat(list.segments().cardinality()).isEqualTo(300);
        assertThat(list.ages())
                .isInstanceOfSatisfying(
                        SegmentAges.class,
                        ages -> assertThat(ages.ages()).hasSize(128).last().isEqualTo(new EncodedSegmentAge(254, 0)));
    }

    @Test
    void makesAnEmptyMessageOfTheRightKindForEveryRequest() {
        assertThat(empty(GetBlocks.one(ID, 6))).isEqualTo(BlockResponse.missing(ID, 6, 0));
        assertThat(empty(getBlockList(new BlockRange(0, 9)))).isEqualTo(new BlockList(ID, BlockRanges.NONE, 0));
        assertThat(empty(new GetSegmentList(requestId(), List.of(ID), null)))
                .isEqualTo(new SegmentList(requestId(), List.of(), null));
    }

    private static RetrievalResponse empty(RetrievalRequest request) {
        return ((Answer.Message) RetrievalService.empty(request, RequestResult.BUSY)).response();
    }

    private RetrievalResponse response(RetrievalRequest request) {
        return ((Answer.Message) service.answer(request)).response();
    }

    private static GetBlockList getBlockList(BlockRange... ranges) {
        return new GetBlockList(ID, List.of(ranges), CryptoAlgorithm.AES_128);
    }

    private static RequestId requestId() {
        return RequestId.of(Blocks.bytes(77, 16));
    }

    private void hold(SegmentId id, int... indexes) {
        for (int index : indexes) {
            source.hold(id, index, CryptoAlgorithm.AES_128, Blocks.iv(index), Blocks.bytes(index, 48));
        }
    }
}
