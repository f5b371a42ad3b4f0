// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockChecksTest {
    private final BlockChecks checks = new BlockChecks();

    @Test
    void givesEachUserOneOfItsOwn() {
        BlockChecks.Check first = checks.take();

        assertThat(checks.take()).isNotSameAs(first);
    }

    @Test
    void givesTheOneUsedLastAgain() {
        BlockChecks.Check first = checks.take();
        BlockChecks.Check second = checks.take();
        checks.giveBack(first);
        checks.giveBack(second);

        assertThat(checks.take()).isSameAs(second);
        assertThat(checks.take()).isSameAs(first);
    }

    @Test
    void makesRoomForTheLongestBlockOnce() {
        BlockChecks.Check check = checks.take();
        byte[] longest = check.room(131_072).array();

        assertThat(check.room(65_536).array()).isSameAs(longest);
        assertThat(check.room(65_536).remaining()).isEqualTo(65_536);
    }
}
