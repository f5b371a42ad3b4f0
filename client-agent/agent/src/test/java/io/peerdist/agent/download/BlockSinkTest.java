// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.download.BlockSink.Result;
import io.peerdist.agent.plan.BlockTable;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.retrieval.BlockVerifiers;
import io.peerdist.runtime.digest.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockSinkTest {
    private static final byte[] CONTENT = TestContent.random(1_000, 40);
    private static final SegmentDescription SEGMENT =
            TestContent.v1(CONTENT, HashAlgorithm.SHA_256).segments().get(0);
    private static final BlockTable TABLE =
            new BlockTable(new int[] {CONTENT.length}, new int[] {SEGMENT.blockBytes()});
    private static final byte[] IV = TestContent.random(16, 41);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final RememberingCache kept = new RememberingCache();
    private final BlockVerifiers verifiers = new BlockVerifiers(Digests::newDigest);
    private final BlockSink sink = sink(new StreamOutput(written));

    private BlockSink sink(BlockOutput output) {
        return new BlockSink(TABLE, output, kept, verifiers, new DownloadMetrics(registry));
    }

    private static FetchedBlock.Encrypted encrypted(CryptoAlgorithm algorithm) {
        byte[] ciphertext = BlockCipher.encrypt(algorithm, SEGMENT.secret(), IV, CONTENT, 0, CONTENT.length);
        return new FetchedBlock.Encrypted(algorithm, algorithm == CryptoAlgorithm.NONE ? new byte[0] : IV, ciphertext);
    }

    private double badBlocks() {
        return registry.get("peerdist_download_bad_blocks")
                .tag("source", "hosted_cache")
                .counter()
                .count();
    }

    @ParameterizedTest
    @EnumSource
    void writesBlocksOfEveryEncryption(CryptoAlgorithm algorithm) {
        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, encrypted(algorithm)))
                .isEqualTo(Result.WRITTEN);

        assertThat(written.toByteArray()).isEqualTo(CONTENT);
        assertThat(kept.encrypted()).hasSize(algorithm == CryptoAlgorithm.NONE ? 0 : 1);
        assertThat(kept.plain).isEqualTo(algorithm == CryptoAlgorithm.NONE ? 1 : 0);
    }

    @Test
    void takesABlockOutOfTheMessageItCameIn() {
        FetchedBlock.Encrypted block = encrypted(CryptoAlgorithm.AES_128);
        byte[] message = new byte[2_000];
        System.arraycopy(block.ciphertext().array(), 0, message, 68, 1_008);
        FetchedBlock view =
                new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, IV, ByteBuffer.wrap(message, 68, 1_008));

        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, view)).isEqualTo(Result.WRITTEN);

        assertThat(written.toByteArray()).isEqualTo(CONTENT);
        assertThat(kept.encrypted()).containsExactly((FetchedBlock.Encrypted) view);
        assertThat(kept.encrypted().get(0).ciphertext().remaining()).isEqualTo(1_008);
    }

    @Test
    void encryptsAnewWhatCameWithTooMuchPadding() {
        byte[] padded =
                Arrays.copyOf(encrypted(CryptoAlgorithm.AES_128).ciphertext().array(), 1_008 + 160);
        FetchedBlock block = new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, IV, padded);

        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, block)).isEqualTo(Result.WRITTEN);

        assertThat(kept.encrypted()).isEmpty();
        assertThat(kept.plain).isEqualTo(1);
    }

    @Test
    void doesNothingWithABlockWhoseHashIsWrong() {
        FetchedBlock.Encrypted block = encrypted(CryptoAlgorithm.AES_128);
        block.ciphertext().array()[500] ^= 1;

        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, block)).isEqualTo(Result.BAD);

        assertThat(written.size()).isZero();
        assertThat(kept.encrypted()).isEmpty();
        assertThat(kept.plain).isZero();
        assertThat(badBlocks()).isEqualTo(1);
    }

    @Test
    void countsBlocksThatCannotBeDecryptedAsBad() {
        FetchedBlock tooShort = new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, IV, new byte[16]);

        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, tooShort))
                .isEqualTo(Result.BAD);

        assertThat(badBlocks()).isEqualTo(1);
    }

    @Test
    void writesABlockThatComesTwiceOnce() {
        FetchedBlock block = encrypted(CryptoAlgorithm.AES_128);
        sink.accept(DownloadSource.PEER, SEGMENT, 0, block);

        assertThat(sink.accept(DownloadSource.HOSTED_CACHE, SEGMENT, 0, block)).isEqualTo(Result.DUPLICATE);

        assertThat(written.toByteArray()).isEqualTo(CONTENT);
        assertThat(kept.encrypted()).hasSize(1);
    }

    @Test
    void writesNothingThatLiesInThePartialFileAlready() {
        FetchedBlock block = new FetchedBlock.Plain(CONTENT);

        assertThat(sink.accept(DownloadSource.PARTIAL_FILE, SEGMENT, 0, block)).isEqualTo(Result.WRITTEN);

        assertThat(written.size()).isZero();
        assertThat(kept.plain).isEqualTo(1);
    }

    @Test
    void tellsWhenTheOutputFails() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        BlockSink failing = sink(new StreamOutput(full));

        assertThatThrownBy(() -> failing.accept(DownloadSource.ORIGIN, SEGMENT, 0, new FetchedBlock.Plain(CONTENT)))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(kept.plain).isZero();
    }
}
