// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;

/** Any page survives writing and reading; any other octets are refused. */
final class ManifestCodecRandomizedTest {
    private static final KeyPair KEYS = ManifestKeys.generate(new SecureRandom());

    @RandomizedTest(tries = 200)
    void readsEveryPageItWrites(Gen gen) {
        ManifestPage page = page(gen);
        byte[] octets = ManifestCodec.encode(page, KEYS.getPrivate());

        assertThat(octets).hasSize((int) ManifestCodec.encodedBytes(page.entries()));
        assertThat(ManifestCodec.decode(ByteBuffer.wrap(octets), KEYS.getPublic()))
                .isEqualTo(page);
    }

    @RandomizedTest(tries = 500)
    void readsOrRefusesMutatedPages(Gen gen) {
        byte[] octets = ManifestCodec.encode(page(gen), KEYS.getPrivate());

        DecoderChecks.mutations(gen, octets, MalformedMessageException.class, ManifestCodecRandomizedTest::decode);
    }

    @RandomizedTest(tries = 500)
    void readsOrRefusesRandomOctets(Gen gen) {
        DecoderChecks.randomOctets(gen, 1_000, MalformedMessageException.class, ManifestCodecRandomizedTest::decode);
    }

    private static void decode(ByteBuffer input) {
        assertThat(ManifestCodec.decode(input, KEYS.getPublic())).isNotNull();
    }

    private static ManifestPage page(Gen gen) {
        List<byte[]> entries = gen.list(gen.lengthUpTo(20), each -> each.bytes(each.intBetween(1, 3_000)));
        long after = gen.longBetween(0, Long.MAX_VALUE / 4);
        long next = after + entries.size() + (entries.isEmpty() ? 0 : gen.intBetween(0, 1_000));
        long head = entries.isEmpty() ? next : gen.longBetween(next, Long.MAX_VALUE / 2);
        return new ManifestPage(
                FeedId.of(gen.bytes(FeedId.BYTES)), after, next, head, gen.longBetween(0, Long.MAX_VALUE), entries);
    }
}
