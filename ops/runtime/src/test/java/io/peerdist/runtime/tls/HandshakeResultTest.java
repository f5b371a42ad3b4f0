// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeResultTest {
    /** What the two providers have been seen to say. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REFUSED | Received fatal alert: certificate_unknown",
                "REFUSED | (unknown_ca) Received fatal alert: unknown_ca",
                "REFUSED | error:10000416:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN",
                "REFUSED | error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA",
                "VERSION | error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL",
                "VERSION | (protocol_version) The client supported protocol versions[TLSv1.1] are not accepted",
                "CIPHER | error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER",
                "CIPHER | (handshake_failure) no cipher suites in common",
                "CLOSED | closing inbound before receiving peer's close_notify",
                "FAILED | error:10000089:SSL routines:OPENSSL_internal:DECODE_ERROR"
            })
    void tellsFailuresApartByTheirWords(HandshakeResult result, String message) {
        assertThat(HandshakeResult.of(new SSLHandshakeException(message))).isEqualTo(result);
    }

    @Test
    void tellsFailuresApartByTheirKind() {
        assertThat(HandshakeResult.of(new ClosedChannelException())).isEqualTo(HandshakeResult.CLOSED);
        assertThat(HandshakeResult.of(new IOException("Connection reset"))).isEqualTo(HandshakeResult.CLOSED);
        assertThat(HandshakeResult.of(new SSLException((String) null))).isEqualTo(HandshakeResult.FAILED);
        assertThat(HandshakeResult.of(new IllegalStateException("anything"))).isEqualTo(HandshakeResult.FAILED);
    }
}
