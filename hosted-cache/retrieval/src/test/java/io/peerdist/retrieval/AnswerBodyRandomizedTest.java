// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerBodyRandomizedTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 65_640, AnswerBody.MAX_BYTES})
    void putsTogetherWhatComesInPieces(int bytes) {
        Random random = new Random(bytes);
        byte[] octets = new byte[bytes];
        random.nextBytes(octets);

        for (long announced : new long[] {-1, bytes}) {
            AnswerBody body = new AnswerBody(announced);
            ByteBuf left = Unpooled.wrappedBuffer(octets);
            while (left.isReadable()) {
                assertThat(body.append(left.readSlice(Math.min(left.readableBytes(), 1 + random.nextInt(20_000)))))
                        .isTrue();
            }
            assertThat(body.take()).isEqualTo(octets);
        }
    }

    @Test
    void takesNoMoreThanAnAnswerCanHave() {
        AnswerBody body = new AnswerBody(-1);
        assertThat(body.append(Unpooled.wrappedBuffer(new byte[AnswerBody.MAX_BYTES - 1])))
                .isTrue();

        ByteBuf tooMuch = Unpooled.wrappedBuffer(new byte[2]);
        assertThat(body.append(tooMuch)).isFalse();
        assertThat(tooMuch.readableBytes()).isEqualTo(2);
        assertThat(body.append(Unpooled.wrappedBuffer(new byte[1]))).isTrue();
        assertThat(body.take()).hasSize(AnswerBody.MAX_BYTES);
    }
}
