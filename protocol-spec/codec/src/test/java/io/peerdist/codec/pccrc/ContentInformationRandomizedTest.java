// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

final class ContentInformationRandomizedTest {
    private static ContentInformation any(Gen gen) {
        return gen.bool() ? anyV1(gen) : anyV2(gen);
    }

    private static ContentInformationV1 anyV1(Gen gen) {
        HashAlgorithm algorithm = gen.oneOf(HashAlgorithm.SHA_256, HashAlgorithm.SHA_384, HashAlgorithm.SHA_512);
        int segmentCount = 1 + gen.lengthUpTo(3);
        long start = gen.longBetween(0, 1000) * ContentInformation.V1_SEGMENT_BYTES;
        List<SegmentDescription> segments = new ArrayList<>();
        for (int i = 0; i < segmentCount; i++) {
            int bytes = i < segmentCount - 1
                    ? ContentInformation.V1_SEGMENT_BYTES
                    : 1 + gen.lengthUpTo(ContentInformation.V1_SEGMENT_BYTES - 1);
            int blocks = SegmentDescription.blocksIn(bytes, ContentInformation.V1_BLOCK_BYTES);
            segments.add(SegmentDescription.v1(
                    algorithm,
                    start + (long) i * ContentInformation.V1_SEGMENT_BYTES,
                    bytes,
                    gen.bytes(blocks * algorithm.digestBytes()),
                    ExampleContent.serverSecret(algorithm)));
        }
        return ContentInformationV1.of(algorithm, rangeTouchingAll(gen, segments), segments);
    }

    private static ContentInformationV2 anyV2(Gen gen) {
        long offset = gen.bool() ? 0 : gen.longBetween(0, 1L << 50);
        List<SegmentDescription> segments = new ArrayList<>();
        for (int i = 1 + gen.lengthUpTo(20); i > 0; i--) {
            int bytes = gen.intBetween(1, ContentInformation.V2_MAX_SEGMENT_BYTES);
            segments.add(SegmentDescription.v2(
                    offset,
                    bytes,
                    HashOfData.of(gen.bytes(32)),
                    ExampleContent.serverSecret(HashAlgorithm.TRUNCATED_SHA_512)));
            offset += bytes;
        }
        return ContentInformationV2.of(rangeTouchingAll(gen, segments), gen.longBetween(0, 1L << 40), segments);
    }

    private static ContentRange rangeTouchingAll(Gen gen, List<SegmentDescription> segments) {
        ContentRange first = segments.get(0).extent();
        ContentRange last = segments.get(segments.size() - 1).extent();
        long from = gen.bool() ? first.offset() : gen.longBetween(first.offset(), first.end() - 1);
        long to = gen.bool() ? last.end() : gen.longBetween(Math.max(from, last.offset()) + 1, last.end());
        return new ContentRange(from, to - from);
    }

    private static ContentRange anyPart(Gen gen, ContentRange range) {
        long from = gen.longBetween(range.offset(), range.end() - 1);
        return new ContentRange(from, gen.longBetween(1, range.end() - from));
    }

    @RandomizedTest(tries = 300)
    void readsWhatItWrote(Gen gen) {
        ContentInformation written = any(gen);
        byte[] octets = written.encode();
        ContentInformation read = ContentInformation.decode(ByteBuffer.wrap(octets));

        assertThat(read.version()).isEqualTo(written.version());
        assertThat(read.hashAlgorithm()).isEqualTo(written.hashAlgorithm());
        assertThat(read.range()).isEqualTo(written.range());
        assertThat(read.segments()).isEqualTo(written.segments());
        assertThat(read.encode()).isEqualTo(octets).hasSize(written.encodedBytes());
    }

    @RandomizedTest(tries = 300)
    void cutsTheSegmentsAndBlocksThatARangeNeeds(Gen gen) {
        ContentInformation whole = any(gen);
        ContentRange range = anyPart(gen, whole.range());
        ContentInformation part = whole.forRange(range);

        List<SegmentDescription> expected = whole.segments().stream()
                .filter(segment -> segment.offsetInContent() < range.end()
                        && segment.extent().end() > range.offset())
                .toList();
        assertThat(part.segments())
                .extracting(SegmentDescription::id)
                .isEqualTo(expected.stream().map(SegmentDescription::id).toList());
        for (int i = 0; i < expected.size(); i++) {
            SegmentDescription segment = part.segments().get(i);
            long wanted = Math.min(range.end(), segment.extent().end()) - segment.offsetInContent();
            int lastBlock = (int) ((wanted - 1) / segment.blockBytes());
            assertThat(segment.listedBlockCount()).isEqualTo(lastBlock + 1);
            assertThat(segment.blockHash(lastBlock)).isEqualTo(expected.get(i).blockHash(lastBlock));
        }
    }

    @RandomizedTest(tries = 300)
    void cutsTheSameInOneStepOrTwo(Gen gen) {
        ContentInformation whole = any(gen);
        ContentRange wide = anyPart(gen, whole.range());
        ContentRange narrow = anyPart(gen, wide);
        ContentInformation decoded =
                ContentInformation.decode(ByteBuffer.wrap(whole.forRange(wide).encode()));

        byte[] inOneStep = whole.forRange(narrow).encode();
        if (!narrow.equals(wide) && !wide.equals(whole.range())) {
            assertThat(whole.forRange(wide).forRange(narrow).encode()).isEqualTo(inOneStep);
            assertThat(decoded.forRange(narrow).encode()).isEqualTo(inOneStep);
        }
        assertThat(decoded.forRange(narrow).segments())
                .isEqualTo(whole.forRange(narrow).segments());
    }

    @RandomizedTest(tries = 500)
    void throwsNothingButMalformedForMutations(Gen gen) {
        byte[] octets = any(gen).encode();
        for (int i = 0; i < 20; i++) {
            DecoderChecks.mutations(
                    gen, octets, MalformedMessageException.class, ContentInformationRandomizedTest::readAndWriteAgain);
        }
    }

    @RandomizedTest(tries = 2000)
    void throwsNothingButMalformedForRandomOctets(Gen gen) {
        DecoderChecks.randomOctets(gen, 400, MalformedMessageException.class, ContentInformation::decode);
        byte[] afterAVersion = gen.bytesUpTo(400);
        if (afterAVersion.length > 6) {
            byte[] start = gen.oneOf(new byte[] {0, 1, 0x0C, (byte) 0x80, 0, 0}, new byte[] {0, 2, 4, 0, 0, 0});
            System.arraycopy(start, 0, afterAVersion, 0, start.length);
        }
        DecoderChecks.mutations(gen, afterAVersion, MalformedMessageException.class, ContentInformation::decode);
    }

    /** What is accepted is understood: version 1.0 has one way to write a structure, so it comes out as it went in. */
    private static void readAndWriteAgain(ByteBuffer input) {
        ContentInformation information = ContentInformation.decode(input);
        ByteBuffer written = ByteBuffer.wrap(information.encode());
        if (information.version() == 1) {
            assertThat(written).isEqualTo(input);
        }
        assertThat(ContentInformation.decode(written).segments()).isEqualTo(information.segments());
    }
}
