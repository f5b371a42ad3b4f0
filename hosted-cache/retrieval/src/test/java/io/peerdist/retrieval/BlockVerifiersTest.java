// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.pccrr.BlockVerifier;
import org.junit.jupiter.api.Test;

class BlockVerifiersTest {
    private final BlockVerifiers verifiers = new BlockVerifiers(DigestSource.PLATFORM);

    @Test
    void givesEachUserOneOfItsOwn() {
        BlockVerifier first = verifiers.take();

        assertThat(verifiers.take()).isNotSameAs(first);
    }

    @Test
    void givesTheOneUsedLastAgain() {
        BlockVerifier first = verifiers.take();
        BlockVerifier second = verifiers.take();
        verifiers.giveBack(first);
        verifiers.giveBack(second);

        assertThat(verifiers.take()).isSameAs(second);
        assertThat(verifiers.take()).isSameAs(first);
    }

    @Test
    void makesRoomForTheLongestBlockOnce() {
        BlockVerifier verifier = verifiers.take();
        byte[] longest = verifier.room(131_072).array();

        assertThat(verifier.room(65_536).array()).isSameAs(longest);
        assertThat(verifier.room(65_536).remaining()).isEqualTo(65_536);
    }
}
