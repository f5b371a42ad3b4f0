// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.TestContent;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OrderedBlocksTest {
    private static final byte[] CONTENT = TestContent.random(1_000, 80);

    private final AtomicLong held = new AtomicLong();
    private int told;

    private OrderedBlocks blocks(long from, long end) {
        return new OrderedBlocks(from, end, held, () -> told++);
    }

    private static ByteBuffer block(int from, int end) {
        return ByteBuffer.wrap(CONTENT, from, end - from);
    }

    private static byte[] take(OrderedBlocks blocks) {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        for (ByteBuffer next = blocks.poll(); next != null; next = blocks.poll()) {
            taken.write(next.array(), next.arrayOffset() + next.position(), next.remaining());
        }
        return taken.toByteArray();
    }

    @Test
    void keepsWhatComesEarly() {
        OrderedBlocks blocks = blocks(0, 300);
        blocks.write(100, block(100, 200));

        assertThat(blocks.poll()).isNull();
        assertThat(blocks.hasNext()).isFalse();
        assertThat(held.get()).isEqualTo(100);

        blocks.write(0, block(0, 100));
        assertThat(take(blocks)).isEqualTo(Arrays.copyOf(CONTENT, 200));
        assertThat(held.get()).isZero();
        assertThat(blocks.isAllTaken()).isFalse();
        assertThat(blocks.next()).isEqualTo(200);
    }

    @Test
    void cutsOffWhatIsNotWanted() {
        OrderedBlocks blocks = blocks(30, 170);
        blocks.write(0, block(0, 100));
        blocks.write(100, block(100, 200));
        blocks.write(200, block(200, 300));

        assertThat(take(blocks)).isEqualTo(Arrays.copyOfRange(CONTENT, 30, 170));
        assertThat(blocks.isAllTaken()).isTrue();
        assertThat(held.get()).isZero();
    }

    @Test
    void takesOneByteOutOfTheMiddleOfABlock() {
        OrderedBlocks blocks = blocks(30, 31);
        blocks.write(0, block(0, 100));

        assertThat(take(blocks)).isEqualTo(Arrays.copyOfRange(CONTENT, 30, 31));
        assertThat(blocks.isAllTaken()).isTrue();
    }

    @Test
    void takesABlockOnce() {
        OrderedBlocks blocks = blocks(30, 300);
        blocks.write(100, block(100, 200));
        blocks.write(100, block(100, 200));
        blocks.write(0, block(0, 100));
        blocks.write(0, block(0, 100));
        assertThat(held.get()).isEqualTo(170);
        assertThat(take(blocks)).hasSize(170);

        blocks.write(0, block(0, 100));

        assertThat(blocks.heldBytes()).isZero();
        assertThat(blocks.poll()).isNull();
    }

    @Test
    void tellsOnceUntilNothingIsFound() {
        OrderedBlocks blocks = blocks(0, 300);
        blocks.write(100, block(100, 200));
        assertThat(told).isZero();
        blocks.write(0, block(0, 100));
        assertThat(told).isEqualTo(1);
        blocks.write(200, block(200, 300));
        blocks.poll();
        assertThat(told).isEqualTo(1);
    }

    @Test
    void tellsAgainWhenNothingWasFound() {
        OrderedBlocks blocks = blocks(0, 300);
        blocks.write(0, block(0, 100));
        take(blocks);
        blocks.write(200, block(200, 300));
        assertThat(told).isEqualTo(1);

        blocks.write(100, block(100, 200));

        assertThat(told).isEqualTo(2);
    }

    @Test
    void forgetsEverythingWhenNobodyWantsIt() {
        OrderedBlocks blocks = blocks(0, 300);
        blocks.write(0, block(0, 100));
        blocks.drop();
        blocks.write(100, block(100, 200));
        blocks.drop();

        assertThat(blocks.poll()).isNull();
        assertThat(held.get()).isZero();
    }

    @RandomizedTest(tries = 300)
    void givesOutThePartWhateverTheOrder(Gen gen) {
        int from = gen.intBetween(0, CONTENT.length - 1);
        int end = gen.intBetween(from + 1, CONTENT.length);
        int blockBytes = gen.intBetween(1, 300);
        List<Integer> offsets = new ArrayList<>();
        for (int offset = 0; offset < CONTENT.length; offset += blockBytes) {
            offsets.add(gen.intBetween(0, offsets.size()), offset);
        }
        OrderedBlocks blocks = blocks(from, end);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        for (int offset : offsets) {
            blocks.write(offset, block(offset, Math.min(offset + blockBytes, CONTENT.length)));
            if (gen.bool()) {
                taken.writeBytes(take(blocks));
            }
        }
        taken.writeBytes(take(blocks));

        assertThat(taken.toByteArray()).isEqualTo(Arrays.copyOfRange(CONTENT, from, end));
        assertThat(held.get()).isZero();
        assertThat(blocks.isAllTaken()).isTrue();
    }
}
