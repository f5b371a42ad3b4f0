// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockResponseTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, AES_128, 16, 0",
        "0, 0, AES_128, 16, 15",
        "0, 0, AES_256, 15, 16",
        "0, 0, NONE, 16, 16",
        "0, 0, AES_128, 0, 16",
        "512, 0, NONE, 1, 0",
        "-1, 0, NONE, 1, 0",
        "0, 512, NONE, 1, 0",
        "0, -1, NONE, 1, 0"
    })
    void refusesWhatNoPeerCouldRead(int index, int next, CryptoAlgorithm algorithm, int blockBytes, int ivBytes) {
        assertThatThrownBy(() -> new BlockResponse(
                        SampleMessages.ID, index, next, algorithm, new byte[blockBytes], new byte[ivBytes]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesByContent() {
        BlockResponse block = response((byte) 1);

        assertThat(block).isEqualTo(response((byte) 1)).hasSameHashCodeAs(response((byte) 1));
        assertThat(block).isNotEqualTo(response((byte) 2));
        assertThat(block).isNotEqualTo(BlockResponse.missing(SampleMessages.ID, 3, 0));
    }

    @Test
    void isAViewOnTheMessageItCameIn() {
        byte[] message = RetrievalCodec.encodeResponse(response((byte) 1));

        BlockResponse block = (BlockResponse) RetrievalCodec.decodeResponseIn(message);

        assertThat(block).isEqualTo(response((byte) 1));
        assertThat(block.block()).isEqualTo(response((byte) 1).block());
        assertThat(block.ciphertextBytes()).isEqualTo(16);
        assertThat(block.ciphertext().array()).isSameAs(message);
        assertThat(block.ciphertext())
                .isEqualTo(ByteBuffer.wrap(response((byte) 1).block()));
    }

    @Test
    void isLeftAloneByThoseWhoReadIt() {
        BlockResponse block = response((byte) 1);
        block.ciphertext().get();

        assertThat(block.ciphertext().remaining()).isEqualTo(16);
        assertThat(block.block()).hasSize(16);
    }

    @Test
    void doesNotPrintContent() {
        assertThat(response((byte) 1).toString())
                .contains("block 3")
                .contains("AES_128")
                .contains("16 octets");
    }

    private static BlockResponse response(byte first) {
        byte[] block = new byte[16];
        block[0] = first;
        return new BlockResponse(SampleMessages.ID, 3, 0, CryptoAlgorithm.AES_128, block, new byte[16]);
    }
}
