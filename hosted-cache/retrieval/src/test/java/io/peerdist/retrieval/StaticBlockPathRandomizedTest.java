// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;

class StaticBlockPathRandomizedTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @RandomizedTest
    void neverFailsAndReadsOnlyTheOneForm(Gen gen) {
        StringBuilder target = new StringBuilder("/01/" + ID + "-12.blk");
        for (int i = gen.intBetween(0, 3); i >= 0; i--) {
            int at = gen.intBetween(0, target.length() - 1);
            target.setCharAt(at, (char) gen.intBetween(0, 0x17F));
        }
        if (gen.bool()) {
            target.setLength(gen.intBetween(0, target.length()));
        }

        StaticBlockPath path = StaticBlockPath.parse(target.toString());

        if (path != null) {
            assertThat(path.path()).isEqualTo(target.toString());
        }
    }
}
