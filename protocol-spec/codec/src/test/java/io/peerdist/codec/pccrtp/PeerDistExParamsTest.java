// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerDistExParamsTest {
    private static final ContentInformationVersion V1 = ContentInformationVersion.V1_0;
    private static final ContentInformationVersion V2 = ContentInformationVersion.V2_0;

    @Test
    void readsTheHashRequestOfTheDocumentsExample() {
        PeerDistExParams params =
                PeerDistExParams.parse("MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true");

        assertThat(params).isEqualTo(PeerDistExParams.request(V1, V2, true));
    }

    @Test
    void readsTheServersCallForAHashRequest() {
        assertThat(PeerDistExParams.parse("MakeHashRequest=true")).isEqualTo(PeerDistExParams.askForHashRequest());
    }

    @Test
    void writesWhatTheDocumentsExamplesShow() {
        assertThat(PeerDistExParams.request(V1, V2, false).toHeaderValue())
                .isEqualTo("MinContentInformation=1.0, MaxContentInformation=2.0");
        assertThat(PeerDistExParams.request(V1, V2, true).toHeaderValue())
                .isEqualTo("MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true");
        assertThat(PeerDistExParams.askForHashRequest().toHeaderValue()).isEqualTo("MakeHashRequest=true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxcontentinformation=2.0,mincontentinformation=1.0",
                "HashRequest=false, MaxContentInformation = 2.0 ,\tMinContentInformation= 1.0",
                "Colour=red, MinContentInformation=1.0, MaxContentInformation=2.0, MakeHashRequest=FALSE",
                "MinContentInformation=1.0, MinContentInformation=1.0, MaxContentInformation=2.0"
            })
    void takesEveryWayToWriteTheSame(String value) {
        assertThat(PeerDistExParams.parse(value)).isEqualTo(PeerDistExParams.request(V1, V2, false));
    }

    @Test
    void readsAHeaderThatSaysNothingKnown() {
        assertThat(PeerDistExParams.parse("")).isEqualTo(new PeerDistExParams(null, null, false, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MinContentInformation=1.0",
                "MaxContentInformation=2.0",
                "MinContentInformation=1.0, MaxContentInformation=2",
                "MinContentInformation=1.0, MaxContentInformation=\"2.0\"",
                "MinContentInformation=1.0, MaxContentInformation=1.0, MaxContentInformation=2.0",
                "HashRequest",
                "HashRequest=",
                "HashRequest=yes",
                "MakeHashRequest=1"
            })
    void refusesWhatBreaksTheGrammar(String value) {
        assertThatThrownBy(() -> PeerDistExParams.parse(value)).isExactlyInstanceOf(MalformedMessageException.class);
    }

    @Test
    void holdsBothVersionsOrNeither() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerDistExParams(V1, null, false, false));
        assertThatIllegalStateException()
                .isThrownBy(() -> new PeerDistExParams(null, null, false, false).toHeaderValue());
    }

    @RandomizedTest
    void readsWhatItWrote(Gen gen) {
        boolean versions = gen.bool();
        PeerDistExParams params = new PeerDistExParams(
                versions ? new ContentInformationVersion(gen.intBetween(0, 9), gen.intBetween(0, 99)) : null,
                versions ? new ContentInformationVersion(gen.intBetween(0, 9), gen.intBetween(0, 99)) : null,
                gen.bool(),
                !versions || gen.bool());

        assertThat(PeerDistExParams.parse(params.toHeaderValue())).isEqualTo(params);
    }
}
