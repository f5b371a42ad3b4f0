// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamOutputTest {
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

    @RandomizedTest
    void putsPiecesInOrder(Gen gen) throws IOException {
        byte[] content = gen.bytes(1 + gen.lengthUpTo(1_000));
        List<Integer> offsets = new ArrayList<>();
        for (int at = 0; at < content.length; at += 7) {
            offsets.add(at);
        }
        Collections.shuffle(offsets, new Random(gen.longBetween(0, Long.MAX_VALUE - 1)));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        StreamOutput output = new StreamOutput(target);

        for (int at : offsets) {
            output.write(at, ByteBuffer.wrap(content, at, Math.min(7, content.length - at)));
        }
        output.complete(content.length, null);

        assertThat(target.toByteArray()).isEqualTo(content);
    }

    @Test
    void canBeRewrittenUntilTheFirstByte() throws IOException {
        StreamOutput output = new StreamOutput(stream);
        assertThat(output.isRewritable()).isTrue();

        output.write(0, ByteBuffer.wrap(new byte[1]));

        assertThat(output.isRewritable()).isFalse();
    }

    @Test
    void refusesToHoldMoreThanItMay() throws IOException {
        StreamOutput output = new StreamOutput(stream);
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < StreamOutput.MAX_WAITING_BYTES >> 20; i++) {
            output.write(1 + ((long) i << 20), ByteBuffer.wrap(piece));
        }

        assertThatThrownBy(() -> output.write(StreamOutput.MAX_WAITING_BYTES + 1, ByteBuffer.wrap(piece)))
                .isInstanceOf(IllegalStateException.class);
    }
}
