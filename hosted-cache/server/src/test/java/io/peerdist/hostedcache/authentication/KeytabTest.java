// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.hostedcache.authentication.Keytab.Entry;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeytabTest {
    /**
     * Put together by hand after MIT's description of the format: HTTP/c@R of type 18, with a key of two octets and a long
     * version; a hole of 3 octets; PC1$@R of type 23 with an empty key, without one.
     */
    private static final byte[] KEYTAB = HexFormat.of()
            .parseHex("0502"
                    + "00000021" + "0002" + "000152" + "000448545450" + "000163" + "00000001" + "5f5e1000" + "07"
                    + "0012"
                    + "0002abcd" + "00000107"
                    + "fffffffd" + "ffffff"
                    + "00000018" + "0001" + "000152" + "000450433124" + "00000001" + "00000000" + "01" + "0017"
                    + "0000");

    private static final int SECOND = 2 + 4 + 0x21 + 4 + 3;
    private static final Entry HTTP = new Entry("HTTP/c@R", 18);
    private static final Entry MACHINE = new Entry("PC1$@R", 23);

    @Test
    void namesThePrincipalsAndTypesOfItsKeys() {
        assertThat(Keytab.read(KEYTAB)).contains(new Keytab(List.of(HTTP, MACHINE)));
        assertThat(HTTP.isStrong()).isTrue();
        assertThat(MACHINE.isStrong()).isFalse();
    }

    @Test
    void endsAtAnEntryOfNoSize() {
        byte[] ended = KEYTAB.clone();
        Arrays.fill(ended, SECOND, SECOND + 4, (byte) 0);

        assertThat(Keytab.read(ended)).contains(new Keytab(List.of(HTTP)));
    }

    @Test
    void isNoneWhenCutAnywhereButBetweenEntries() {
        for (int length = 0; length < KEYTAB.length; length++) {
            boolean between = length == 2 || length == SECOND - 7 || length == SECOND;
            assertThat(Keytab.read(Arrays.copyOf(KEYTAB, length)).isPresent())
                    .as("of %d octets", length)
                    .isEqualTo(between);
        }
    }

    @Test
    void isNoneInTheByteOrderOfAMachineOrInAnotherFormat() {
        byte[] old = KEYTAB.clone();
        old[1] = 1;

        assertThat(Keytab.read(old)).isEmpty();
        assertThat(Keytab.read("-----BEGIN CERTIFICATE-----".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @RandomizedTest(tries = 500)
    void readsAnyOctetsWithoutFailing(Gen gen) {
        byte[] octets = KEYTAB.clone();
        for (int i = gen.intBetween(1, 4); i > 0; i--) {
            octets[gen.intBetween(2, octets.length - 1)] = (byte) gen.intBetween(0, 255);
        }

        Keytab.read(octets).ifPresent(keytab -> assertThat(keytab.entries()).hasSizeLessThanOrEqualTo(4));
    }

    @Test
    void knowsServicesOfHttpInAnyCase() {
        assertThat(Keytab.isHttp("HTTP/c@R")).isTrue();
        assertThat(Keytab.isHttp("http/c@R")).isTrue();
        assertThat(Keytab.isHttp("HTTPS/c@R")).isFalse();
        assertThat(Keytab.isHttp("host/c@R")).isFalse();
    }
}
