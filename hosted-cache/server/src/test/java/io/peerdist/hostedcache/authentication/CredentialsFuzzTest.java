// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import io.peerdist.hostedcache.authentication.NegotiateCredentials.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is an Authorization field, a token in one, and a keytab file. */
final class CredentialsFuzzTest {
    /** A keytab's components of no characters are two octets each. */
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(65_536, 64).ofText();

    static Stream<byte[]> seeds() {
        return Stream.of(
                "Negotiate YIIGeQYJKoZIhvcSAQICAQBuggZo".getBytes(StandardCharsets.ISO_8859_1),
                "Negotiate TlRMTVNTUAABAAAA".getBytes(StandardCharsets.ISO_8859_1),
                "NTLM TlRMTVNTUAABAAAA".getBytes(StandardCharsets.ISO_8859_1),
                "Basic dXNlcjpwYXNz".getBytes(StandardCharsets.ISO_8859_1),
                "NTLMSSP\0".getBytes(StandardCharsets.ISO_8859_1),
                keytab());
    }

    /** A hole, and a key of HTTP/h@R. */
    private static byte[] keytab() {
        ByteBuffer entry = ByteBuffer.allocate(64);
        entry.putShort((short) 2).putShort((short) 1).put((byte) 'R');
        entry.putShort((short) 4).put("HTTP".getBytes(StandardCharsets.US_ASCII));
        entry.putShort((short) 1).put((byte) 'h').putInt(3).putInt(0).put((byte) 1);
        entry.putShort((short) 18).putShort((short) 4).putInt(0).putInt(1);
        ByteBuffer file = ByteBuffer.allocate(2 + 4 + 3 + 4 + entry.position());
        file.putShort((short) 0x0502).putInt(-3).put(new byte[3]).putInt(entry.position());
        return file.put(entry.flip()).array();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        read(List.of(text));
        read(List.of("Negotiate " + Base64.getEncoder().encodeToString(input)));
        assertThat(NegotiateCredentials.read(List.of(text, text)).kind()).isNotEqualTo(Kind.TOKEN);
        DECODING.of(input.length, () -> Keytab.read(input))
                .orElseThrow()
                .ifPresent(keytab -> keytab.entries()
                        .forEach(entry -> assertThat(entry.principal()).contains("@")));
    }

    private static void read(List<String> fields) {
        NegotiateCredentials credentials = DECODING.of(fields.get(0).length(), () -> NegotiateCredentials.read(fields))
                .orElseThrow();
        assertThat(credentials.token().length > 0).isEqualTo(credentials.kind() == Kind.TOKEN);
    }
}
