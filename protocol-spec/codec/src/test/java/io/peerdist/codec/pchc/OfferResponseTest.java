// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OfferResponseTest {
    @ParameterizedTest
    @CsvSource({"OK, 0000000100", "INTERESTED, 0000000101"})
    void readsAndWritesEveryCode(OfferResponse response, String octets) {
        assertThat(response.encode()).isEqualTo(Hex.parse(octets));
        assertThat(OfferResponse.decode(ByteBuffer.wrap(Hex.parse(octets)))).isEqualTo(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000102", "00000001ff", "", "00000001", "000000010000", "00000001 00 00000001 00"})
    void rejectsOtherOctets(String octets) {
        assertThatThrownBy(() -> OfferResponse.decode(ByteBuffer.wrap(Hex.parse(octets))))
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @EnumSource
    void rejectsResponseCutAtAnyLength(OfferResponse response) {
        DecoderChecks.truncationAtEveryLength(
                response.encode(), MalformedMessageException.class, OfferResponse::decode);
    }

    @Test
    void doesNotDependOnSize() {
        assertThat(OfferResponse.decode(ByteBuffer.wrap(Hex.parse("0000000001"))))
                .isEqualTo(OfferResponse.INTERESTED);
    }
}
