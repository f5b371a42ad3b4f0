// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class ContentInformationFuzzTest {
    /** A version 2.0 description of 68 octets becomes four objects and three arrays. */
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 32_768, 16);

    static Stream<byte[]> seeds() {
        ContentInformationV1 v1 = ExampleContent.v1(HashAlgorithm.SHA_256, 200_000);
        ContentInformationV2 v2 = ExampleContent.v2(40_000, 100_000, 1);
        return Stream.of(
                v1.encode(),
                v1.forRange(new ContentRange(70_000, 100)).encode(),
                ExampleContent.v1(HashAlgorithm.SHA_384, 1).encode(),
                ExampleContent.v1(HashAlgorithm.SHA_512, 65_537).encode(),
                v2.encode(),
                v2.forRange(new ContentRange(40_001, 7)).encode());
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        DECODING.of(input.length, () -> ContentInformation.decode(ByteBuffer.wrap(input)))
                .ifPresent(information -> writesTheSame(input, information));
    }

    /** Version 1.0 has one way to write a structure; version 2.0 may come in several chunks and goes out in one. */
    private static void writesTheSame(byte[] input, ContentInformation information) {
        byte[] written = information.encode();
        assertThat(information.encodedBytes()).isEqualTo(written.length);
        if (information.version() == 1) {
            assertThat(written).isEqualTo(input);
        }
        ContentInformation again = ContentInformation.decode(ByteBuffer.wrap(written));
        assertThat(again.segments()).isEqualTo(information.segments());
        assertThat(again.range()).isEqualTo(information.range());

        ContentRange range = information.range();
        ContentRange part = new ContentRange(range.offset() + range.length() / 2, range.length() - range.length() / 2);
        ContentInformation cut = information.forRange(part);
        assertThat(cut.range()).isEqualTo(part);
        assertThat(ContentInformation.decode(ByteBuffer.wrap(cut.encode())).segments())
                .isEqualTo(cut.segments());
    }
}
