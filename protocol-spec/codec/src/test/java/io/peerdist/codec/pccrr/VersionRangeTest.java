// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules and worked numbers of MS-PCCRR 3.1.5.1. */
final class VersionRangeTest {
    @Test
    void choosesOwnHighestMinorVersionBelowTheHighestMajor() {
        VersionRange client = range("3.2", "5.0");
        VersionRange server = range("2.0", "4.3");

        assertThat(client.highestCommonMajor(server)).hasValue(4);
        assertThat(client.highestCommon(server, major -> 8)).contains(version("4.8"));
        assertThat(server.highestCommon(client, major -> 8)).contains(version("4.3"));
    }

    @Test
    void choosesOwnHighestVersionWhenMinorVersionsDoNotOverlap() {
        VersionRange client = range("1.0", "2.1");
        VersionRange server = range("2.5", "2.9");

        assertThat(client.highestCommonMajor(server)).hasValue(2);
        assertThat(client.highestCommon(server)).contains(version("2.1"));
        assertThat(server.highestCommon(client)).contains(version("2.9"));
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 2.0, 1.0, 1.0, 1.0",
        "1.0, 2.0, 2.0, 9.9, 2.0",
        "1.0, 2.0, 1.0, 2.0, 2.0",
        "1.5, 3.0, 1.0, 1.9, 1.5",
        "1.5, 3.4, 2.7, 2.9, 2.0"
    })
    void choosesFromTheRangeAlone(String min, String max, String otherMin, String otherMax, String chosen) {
        assertThat(range(min, max).highestCommon(range(otherMin, otherMax))).contains(version(chosen));
    }

    @ParameterizedTest
    @CsvSource({"3.0, 4.0", "0.0, 0.9"})
    void findsNothingInCommonWithOtherMajorVersions(String otherMin, String otherMax) {
        assertThat(VersionRange.SUPPORTED.highestCommonMajor(range(otherMin, otherMax)))
                .isEmpty();
        assertThat(VersionRange.SUPPORTED.highestCommon(range(otherMin, otherMax)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.9, false", "1.0, true", "1.65535, true", "2.0, true", "2.7, true", "3.0, false"})
    void supportsMajorVersionsAlone(String version, boolean supported) {
        assertThat(VersionRange.SUPPORTED.supports(version(version))).isEqualTo(supported);
    }

    @Test
    void comparesPartsAsIntegers() {
        assertThat(version("1.23")).isGreaterThan(version("1.3"));
        assertThat(version("2.0")).isGreaterThan(version("1.65535"));
        assertThat(version("1.0")).isEqualByComparingTo(ProtocolVersion.V1_0);
    }

    @Test
    void refusesWhatTheWireCannotHold() {
        assertThatThrownBy(() -> new ProtocolVersion(65_536, 0)).hasMessageContaining("65536.0");
        assertThatThrownBy(() -> new ProtocolVersion(0, -1)).hasMessageContaining("0.-1");
        assertThatThrownBy(() -> range("2.0", "1.9")).hasMessageContaining("[2.0, 1.9]");
    }

    private static VersionRange range(String min, String max) {
        return new VersionRange(version(min), version(max));
    }

    private static ProtocolVersion version(String text) {
        int dot = text.indexOf('.');
        return new ProtocolVersion(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }
}
