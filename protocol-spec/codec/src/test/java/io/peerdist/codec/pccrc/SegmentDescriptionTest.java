// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SegmentDescriptionTest {
    private static final HashAlgorithm ALGORITHM = HashAlgorithm.SHA_256;
    private static final ServerSecret SECRET = ExampleContent.serverSecret(ALGORITHM);
    private static final ServerSecret SECRET_V2 = ExampleContent.serverSecret(HashAlgorithm.TRUNCATED_SHA_512);

    private static List<BlockHash> hashes(int count) {
        Gen gen = Gen.ofSeed(count);
        return IntStream.range(0, count)
                .mapToObj(block -> BlockHash.of(gen.bytes(32)))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "65535, 1, 65535",
        "65536, 1, 65536",
        "65537, 2, 1",
        "33554431, 512, 65535",
        "33554432, 512, 65536"
    })
    void countsBlocksAndTheirLengths(int segmentBytes, int blocks, int lastBlockBytes) {
        SegmentDescription segment = SegmentDescription.v1(ALGORITHM, 0, segmentBytes, hashes(blocks), SECRET);

        assertThat(segment.blockCount()).isEqualTo(blocks);
        assertThat(segment.listedBlockCount()).isEqualTo(blocks);
        assertThat(segment.blockLength(blocks - 1)).isEqualTo(lastBlockBytes);
        assertThat(segment.blockBytes()).isEqualTo(65_536);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> segment.blockLength(blocks));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> segment.blockLength(-1));
    }

    @Test
    void isOneBlockInVersion2() {
        byte[] data = ExampleContent.octets(1000);
        SegmentDescription segment = ExampleContent.v2Segments(1000).get(0);

        assertThat(segment.blockCount()).isEqualTo(1);
        assertThat(segment.blockBytes()).isEqualTo(1000);
        assertThat(segment.blockLength(0)).isEqualTo(1000);
        assertThat(segment.blockHash(0).toByteArray())
                .isEqualTo(segment.hashOfData().toByteArray());
        assertThat(segment.matches(0, data, 0, 1000)).isTrue();
        assertThat(segment.provesHashOfData()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void knowsItsBlocksFromAllOthers(HashAlgorithm algorithm) {
        byte[] data = ExampleContent.octets(100_000);
        SegmentDescription segment = algorithm.contentInformationVersion() == 1
                ? ExampleContent.v1Segments(algorithm, data.length).get(0)
                : ExampleContent.v2Segments(data.length).get(0);

        for (int block = 0; block < segment.blockCount(); block++) {
            int from = block * segment.blockBytes();
            int length = segment.blockLength(block);
            assertThat(segment.matches(block, data, from, length)).isTrue();
            assertThat(segment.matches(block, data, from, length - 1)).isFalse();
            data[from + length / 2] ^= 1;
            assertThat(segment.matches(block, data, from, length)).isFalse();
        }
    }

    @Test
    void refusesToCheckABlockThatIsNotListed() {
        SegmentDescription segment =
                SegmentDescription.v1(ALGORITHM, 0, 200_000, hashes(4), SECRET).withListedBlocks(2);

        assertThat(segment.blockCount()).isEqualTo(4);
        assertThat(segment.blockLength(3)).isEqualTo(200_000 - 3 * 65_536);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> segment.matches(2, new byte[65_536], 0, 65_536));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> segment.blockHash(2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> segment.blockHash(-1));
    }

    @Test
    void provesItsHashOfDataOnlyWithTheWholeList() {
        SegmentDescription segment = SegmentDescription.v1(ALGORITHM, 0, 200_000, hashes(4), SECRET);
        ContentInformation information =
                ContentInformationV1.of(ALGORITHM, new ContentRange(0, 200_000), List.of(segment));
        byte[] poisoned = information.encode();
        poisoned[poisoned.length - 1] ^= 1;

        assertThat(segment.provesHashOfData()).isTrue();
        assertThat(segment.withListedBlocks(3).provesHashOfData()).isFalse();
        assertThat(ContentInformation.decode(ByteBuffer.wrap(poisoned))
                        .segments()
                        .get(0)
                        .provesHashOfData())
                .isFalse();
    }

    @Test
    void hashesBlockHashesToTheHashOfData() {
        SegmentDescription segment = SegmentDescription.v1(ALGORITHM, 0, 200_000, hashes(4), SECRET);

        assertThat(segment.hashOfData()).isEqualTo(HashOfData.ofBlockHashes(ALGORITHM, hashes(4)));
        assertThat(segment.id()).isSameAs(segment.id());
    }

    @Test
    void keepsItsOwnHashes() {
        byte[] packed = new byte[32];
        SegmentDescription segment = SegmentDescription.v1(ALGORITHM, 0, 1, packed, SECRET);
        packed[0] = 1;

        assertThat(segment.blockHash(0)).isEqualTo(BlockHash.of(new byte[32]));
        assertThat(segment.provesHashOfData()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 33_554_433, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesOtherVersion1Lengths(int segmentBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentDescription.v1(ALGORITHM, 0, segmentBytes, hashes(1), SECRET));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 131_073, Integer.MAX_VALUE})
    void refusesOtherVersion2Lengths(int segmentBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentDescription.v2(0, segmentBytes, HashOfData.of(new byte[32]), SECRET_V2));
    }

    @Test
    void refusesWhatDoesNotBelongTogether() {
        assertThatIllegalArgumentException()
                .as("hashes missing")
                .isThrownBy(() -> SegmentDescription.v1(ALGORITHM, 0, 65_537, hashes(1), SECRET));
        assertThatIllegalArgumentException()
                .as("hashes of another algorithm")
                .isThrownBy(() -> SegmentDescription.v1(ALGORITHM, 0, 1, List.of(BlockHash.of(new byte[48])), SECRET));
        assertThatIllegalArgumentException()
                .as("secret of another algorithm, though of the same length")
                .isThrownBy(() -> SegmentDescription.v1(ALGORITHM, 0, 1, hashes(1), SECRET_V2));
        assertThatIllegalArgumentException()
                .as("the algorithm of version 2.0")
                .isThrownBy(() -> SegmentDescription.v1(HashAlgorithm.TRUNCATED_SHA_512, 0, 1, hashes(1), SECRET_V2));
        assertThatIllegalArgumentException()
                .as("negative offset")
                .isThrownBy(() -> SegmentDescription.v1(ALGORITHM, -1, 1, hashes(1), SECRET));
        assertThatIllegalArgumentException()
                .as("hash of data too long")
                .isThrownBy(() -> SegmentDescription.v2(0, 1, HashOfData.of(new byte[64]), SECRET_V2));
    }

    @Test
    void printsNoSecret() {
        SegmentDescription segment = SegmentDescription.v1(ALGORITHM, 0, 1, hashes(1), SECRET);
        String secret = Hex.of(segment.secret().toByteArray());

        assertThat(segment.toString()).contains(segment.id().toString()).doesNotContain(secret);
        assertThat(segment.secret().toString()).doesNotContain(secret);
        assertThat(SECRET.toString()).isEqualTo("ServerSecret[redacted]");
        assertThat(ExampleContent.SECRET_KEY).hasToString("SecretKey[redacted]");
        assertThat(ExampleContent.v1(ALGORITHM, 10).toString()).doesNotContain(secret);
    }
}
