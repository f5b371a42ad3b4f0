// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Content information that a Windows server made. The values are not ours to publish, so they stay in a file beside the
 * repository; without it these tests are aborted and say so.
 */
final class WindowsVectorsTest {
    private static final String VECTORS = "shared/vectors/pccrc_vectors.json";

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void readsRangeSegmentsAndBlocks(Vector vector) {
        ContentInformation information = vector.decode();

        assertThat(information.range()).isEqualTo(range(vector.info, "trim"));
        assertThat(information.segments()).hasSameSizeAs(vector.segments());
        for (int i = 0; i < vector.segments().size(); i++) {
            Map<String, Object> expected = vector.segments().get(i);
            SegmentDescription segment = information.segments().get(i);
            assertThat(segment.extent()).isEqualTo(range(expected, "range"));
            assertThat((long) segment.blockCount()).isEqualTo(expected.get("blocks"));
            assertThat((long) segment.blockBytes()).isEqualTo(expected.get("blksize"));
            assertThat(segment.hashOfData().toString()).isEqualTo(expected.get("hash"));
            assertThat(Hex.of(segment.secret().toByteArray())).isEqualTo(expected.get("secret"));
            List<Map<String, Object>> blocks = objects(member(expected, "block_list"));
            for (int block = 0; block < blocks.size(); block++) {
                assertThat(segment.blockHash(block).toString())
                        .isEqualTo(blocks.get(block).get("hash"));
                assertThat((long) segment.blockLength(block))
                        .isEqualTo(range(blocks.get(block), "range").length());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void derivesSecretsAndIdsThatWindowsDerived(Vector vector) {
        ContentInformation information = vector.decode();
        ServerSecret serverSecret =
                ServerSecret.derive(information.hashAlgorithm(), SecretKey.of(Hex.parse(vector.passphrase)));

        for (int i = 0; i < vector.segments().size(); i++) {
            SegmentDescription segment = information.segments().get(i);
            SegmentSecret derived =
                    SegmentSecret.derive(information.hashAlgorithm(), serverSecret, segment.hashOfData());
            assertThat(derived).isEqualTo(segment.secret());
            assertThat(segment.id().toString())
                    .isEqualTo(vector.segments().get(i).get("id"));
            assertThat(segment.provesHashOfData()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void writesTheSameOctetsAgain(Vector vector) {
        ContentInformation information = vector.decode();

        assertThat(Hex.of(information.encode())).isEqualTo(vector.info.get("raw"));
        assertThat(Hex.of(rebuilt(information, vector).encode())).isEqualTo(vector.info.get("raw"));
    }

    private static ContentInformation rebuilt(ContentInformation information, Vector vector) {
        ServerSecret serverSecret =
                ServerSecret.derive(information.hashAlgorithm(), SecretKey.of(Hex.parse(vector.passphrase)));
        if (information.version() == 2) {
            List<SegmentDescription> segments = information.segments().stream()
                    .map(segment -> SegmentDescription.v2(
                            segment.offsetInContent(), segment.segmentBytes(), segment.hashOfData(), serverSecret))
                    .toList();
            return ContentInformationV2.of(information.range(), 0, segments);
        }
        List<SegmentDescription> segments = information.segments().stream()
                .map(segment -> SegmentDescription.v1(
                        segment.hashAlgorithm(),
                        segment.offsetInContent(),
                        segment.segmentBytes(),
                        Stream.iterate(0, block -> block + 1)
                                .limit(segment.blockCount())
                                .map(segment::blockHash)
                                .toList(),
                        serverSecret))
                .toList();
        return ContentInformationV1.of(information.hashAlgorithm(), information.range(), segments);
    }

    static Stream<Vector> vectors() throws IOException {
        Path file = locate(Path.of("").toAbsolutePath());
        Assumptions.assumeTrue(
                Files.exists(file), "no " + VECTORS + " beside the repository: Windows vectors not checked");
        Map<String, Object> all = TestJson.parseObject(Files.readString(file));
        return objects(member(all, "infos")).stream().map(info -> new Vector((String) member(all, "passphrase"), info));
    }

    private static Path locate(Path from) {
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(VECTORS))) {
                return folder.resolve(VECTORS);
            }
        }
        return from.resolve(VECTORS);
    }

    @SuppressWarnings("unchecked") // the file's lists hold objects wherever this is called
    private static List<Map<String, Object>> objects(Object list) {
        return (List<Map<String, Object>>) list;
    }

    private static Object member(Map<String, Object> object, String name) {
        return Objects.requireNonNull(object.get(name), name);
    }

    private static ContentRange range(Map<String, Object> object, String name) {
        List<?> ends = (List<?>) member(object, name);
        long start = (Long) ends.get(0);
        return new ContentRange(start, (Long) ends.get(1) - start);
    }

    private record Vector(String passphrase, Map<String, Object> info) {
        ContentInformation decode() {
            return ContentInformation.decode(ByteBuffer.wrap(Hex.parse((String) member(info, "raw"))));
        }

        List<Map<String, Object>> segments() {
            return objects(member(info, "segments"));
        }

        @Override
        public String toString() {
            return (String) member(info, "name");
        }
    }
}
