// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.hostedcache.authentication.NegotiateCredentials.Kind;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiateCredentialsTest {
    /** The first message of NTLM alone, MS-NLMP 2.2.1.1: signature, type 1, flags. */
    static final String NTLM = "4e544c4d5353500001000000978208e2";
    /** RFC 4178 4.2.1: NegTokenInit whose only mechanism is NTLM, with that message. */
    static final String SPNEGO_OF_NTLM =
            "602e06062b0601050502a0243022a00e300c060a2b06010401823702020aa210040e4e544c4d5353500001000000978208";
    /** NegTokenInit of NTLM and Kerberos. */
    private static final String SPNEGO_OF_BOTH =
            "602706062b0601050502a01d301ba0193017060a2b06010401823702020a06092a864886f712010202";

    @Test
    void areNoneWithoutTheField() {
        assertThat(NegotiateCredentials.read(List.of()).kind()).isEqualTo(Kind.NONE);
    }

    @ParameterizedTest
    @CsvSource({"Negotiate AQID", "negotiate AQID", "'  NEGOTIATE   AQID '"})
    void holdATokenInBase64(String field) {
        NegotiateCredentials credentials = NegotiateCredentials.read(List.of(field));

        assertThat(credentials.kind()).isEqualTo(Kind.TOKEN);
        assertThat(credentials.token()).containsExactly(1, 2, 3);
        assertThat(credentials.toString()).isEqualTo("NegotiateCredentials[TOKEN, 3 octets]");
    }

    @ParameterizedTest
    @CsvSource({"''", "Negotiate", "Negotiate AQI*", "Negotiate =", "Basic dTpw", "Bearer AQID", "Negotiate,AQID"})
    void areMalformedWhenTheyAreAnythingElse(String field) {
        assertThat(NegotiateCredentials.read(List.of(field)).kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void areMalformedWhenThereAreTwo() {
        assertThat(NegotiateCredentials.read(List.of("Negotiate AQID", "Negotiate AQID"))
                        .kind())
                .isEqualTo(Kind.MALFORMED);
    }

    @Test
    void areBounded() {
        String longest = "A".repeat(NegotiateCredentials.MAX_BASE64_CHARS);

        assertThat(NegotiateCredentials.read(List.of("Negotiate " + longest)).kind())
                .isEqualTo(Kind.TOKEN);
        assertThat(NegotiateCredentials.read(List.of("Negotiate " + longest + "AAAA"))
                        .kind())
                .isEqualTo(Kind.TOO_LONG);
    }

    @ParameterizedTest
    @CsvSource({NTLM, SPNEGO_OF_NTLM})
    void knowNtlm(String token) {
        assertThat(NegotiateCredentials.read(List.of("Negotiate " + base64(token)))
                        .kind())
                .isEqualTo(Kind.NTLM);
        assertThat(NegotiateCredentials.read(List.of("NTLM " + base64(token))).kind())
                .isEqualTo(Kind.NTLM);
    }

    @Test
    void leaveItToKerberosWhenItIsAmongTheMechanisms() {
        assertThat(NegotiateCredentials.read(List.of("Negotiate " + base64(SPNEGO_OF_BOTH)))
                        .kind())
                .isEqualTo(Kind.TOKEN);
    }

    static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }
}
