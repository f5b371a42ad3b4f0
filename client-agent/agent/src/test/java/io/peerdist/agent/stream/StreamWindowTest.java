// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamWindowTest {
    private static final long BLOCK = 128 << 10;

    private final StreamBudget budget = new StreamBudget();

    private StreamWindow window(long from) {
        assertThat(budget.enter(0)).isTrue();
        return new StreamWindow(budget, from);
    }

    @Test
    void givesOneStreamAllThatIsDivided() {
        StreamWindow window = window(5);

        assertThat(window.shareBytes()).isEqualTo(StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES);
        assertThat(window.limitOffset()).isEqualTo(5 + window.shareBytes() - BLOCK);
    }

    @Test
    void movesInSteps() {
        StreamWindow window = window(0);
        long before = window.limitOffset();

        assertThat(window.taken(before / 4 - 1)).isFalse();
        assertThat(window.limitOffset()).isEqualTo(before);
        assertThat(window.taken(before / 4 + 1)).isTrue();
        assertThat(window.limitOffset()).isEqualTo(before + before / 4 + 1);
    }

    @Test
    void givesALateComerItsShareAtOnceAndMoreWhenTheFirstHasTaken() {
        StreamWindow first = window(0);
        StreamWindow second = window(0);
        assertThat(second.shareBytes()).isEqualTo(StreamBudget.SHARE_BYTES);

        assertThat(first.taken(first.limitOffset())).isTrue();
        assertThat(first.shareBytes()).isEqualTo(StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES / 2);
        assertThat(second.taken(second.limitOffset())).isTrue();

        assertThat(second.shareBytes()).isEqualTo(StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES / 2);
    }

    @Test
    void growsWhenOthersLeave() {
        StreamWindow first = window(0);
        StreamWindow second = window(0);
        first.leave(0);

        assertThat(second.taken(second.limitOffset())).isTrue();

        assertThat(second.shareBytes()).isEqualTo(StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES);
    }

    @Test
    void takesNoMoreContentInformationThanThereIsRoomFor() {
        int half = (int) (StreamBudget.CONTENT_INFORMATION_BYTES / 2);

        assertThat(budget.enter(half)).isTrue();
        assertThat(budget.enter(half + 1)).isFalse();
        assertThat(budget.enter(half)).isTrue();
        budget.leave(half, 0);
        assertThat(budget.enter(half)).isTrue();
        assertThat(budget.streams()).isEqualTo(2);
    }

    /** Windows with what their programs have taken. */
    private static final class Program {
        final StreamWindow window;
        long next;

        Program(StreamWindow window) {
            this.window = window;
        }

        long promisedBytes() {
            return window.limitOffset() - next + BLOCK;
        }
    }

    @RandomizedTest(tries = 200)
    void neverPromisesMoreThanThereIsAndStarvesNobody(Gen gen) {
        StreamBudget whole = new StreamBudget();
        List<Program> programs = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            int what = gen.intBetween(0, 9);
            if (what == 0 && whole.enter(1)) {
                programs.add(new Program(new StreamWindow(whole, 0)));
            } else if (what == 1 && !programs.isEmpty()) {
                programs.remove(gen.intBetween(0, programs.size() - 1)).window.leave(1);
            } else if (!programs.isEmpty()) {
                Program program = programs.get(gen.intBetween(0, programs.size() - 1));
                long limit = program.window.limitOffset();
                boolean all = gen.bool();
                program.next = all ? limit : gen.longBetween(program.next, limit);
                assertThat(program.window.taken(program.next) || !all)
                        .as("moves on")
                        .isTrue();
                assertThat(program.window.limitOffset()).isGreaterThanOrEqualTo(limit);
                assertThat(program.promisedBytes()).isLessThanOrEqualTo(program.window.shareBytes());
            }
            assertThat(programs.stream().mapToLong(Program::promisedBytes).sum())
                    .isLessThanOrEqualTo(StreamBudget.BYTES);
            assertThat(whole.streams()).isEqualTo(programs.size());
        }
        programs.forEach(program -> program.window.leave(1));
        assertThat(whole.enter((int) StreamBudget.CONTENT_INFORMATION_BYTES)).isTrue();
        assertThat(new StreamWindow(whole, 0).shareBytes())
                .isEqualTo(StreamBudget.SHARE_BYTES + StreamBudget.DIVIDED_BYTES);
    }
}
