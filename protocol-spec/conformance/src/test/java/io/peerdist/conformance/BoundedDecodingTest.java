// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BoundedDecodingTest {
    private static final BoundedDecoding DECODING = new BoundedDecoding(ArithmeticException.class, 10_000, 10);

    @Test
    void givesWhatIsDecodedAndNothingForARefusal() {
        assertThat(DECODING.of(1, () -> "decoded")).contains("decoded");
        assertThat(DECODING.of(1, () -> Math.addExact(Integer.MAX_VALUE, 1))).isEmpty();
    }

    @Test
    void letsOtherExceptionsThrough() {
        assertThatIllegalArgumentException().isThrownBy(() -> DECODING.of(1, () -> Integer.parseInt("one")));
    }

    @Test
    void catchesADecoderThatAllocatesMoreThanItsInputExcuses() {
        assertThat(DECODING.of(1_000, () -> new byte[15_000])).isPresent();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> DECODING.of(100, () -> new byte[15_000]))
                .withMessageContaining("for an input of 100 (expected: at most 11000)");
    }

    @Test
    void excusesWhatOnlyTheFirstRunAllocates() {
        AtomicInteger runs = new AtomicInteger();

        assertThat(DECODING.of(0, () -> new byte[runs.incrementAndGet() == 1 ? 100_000 : 0]))
                .isPresent();
        assertThat(runs).hasValue(2);
    }
}
