// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrtp.ContentNegotiation.Decision;
import io.peerdist.codec.pccrtp.ContentNegotiation.Identity;
import io.peerdist.codec.pccrtp.ContentNegotiation.PeerDist;
import io.peerdist.codec.pccrtp.ContentNegotiation.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentNegotiationTest {
    private static final String RANGE_1_TO_2 = "MinContentInformation=1.0, MaxContentInformation=2.0";

    private static Decision decide(@Nullable String peerDist, @Nullable String peerDistEx) {
        return ContentNegotiation.decide(List.of("gzip, deflate, peerdist"), peerDist, peerDistEx);
    }

    private static PeerDist peerDist(int contentInformationVersion, ContentEncodingVersion encodingVersion) {
        return new PeerDist(contentInformationVersion, encodingVersion, false);
    }

    private static Identity identity(Reason reason) {
        return new Identity(reason, Optional.empty());
    }

    @Test
    void answersClientsSeenInTheWild() {
        // Windows 8 and later through WinINet, and iPXE
        assertThat(decide("Version=1.1", RANGE_1_TO_2)).isEqualTo(peerDist(2, ContentEncodingVersion.V1_1));
        // Windows 7
        assertThat(decide("Version=1.0", null)).isEqualTo(peerDist(1, ContentEncodingVersion.V1_0));
        // BITS of Windows 11
        assertThat(ContentNegotiation.decide(List.of("identity, peerdist"), "Version=1.1", null))
                .isEqualTo(peerDist(1, ContentEncodingVersion.V1_1));
        // iPXE after its peers failed: no content coding at all
        assertThat(ContentNegotiation.decide(List.of(), "Version=1.1, MissingDataRequest=true", null))
                .isEqualTo(identity(Reason.NOT_ACCEPTED));
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 1",
        "1.0, 2.0, 2",
        "2.0, 2.0, 2",
        "1.0, 3.0, 2",
        "1.0, 1.9, 1",
        "0.5, 1.0, 1",
        "1.5, 2.5, 2",
        "1.0, 10.0, 2"
    })
    void sendsTheHighestVersionInTheClientsRange(String min, String max, int expected) {
        assertThat(decide("Version=1.1", "MinContentInformation=" + min + ", MaxContentInformation=" + max))
                .isEqualTo(peerDist(expected, ContentEncodingVersion.V1_1));
    }

    @ParameterizedTest
    @CsvSource({"2.0, 1.0", "2.1, 9.9", "0.1, 0.9", "1.1, 1.10", "999.999, 999.999"})
    void sendsTheContentWhenNoVersionIsCommon(String min, String max) {
        assertThat(decide("Version=1.1", "MinContentInformation=" + min + ", MaxContentInformation=" + max))
                .isEqualTo(identity(Reason.NO_COMMON_VERSION));
    }

    @ParameterizedTest
    @CsvSource({"1.0, 1.0", "1.1, 1.1", "1.2, 1.1", "1.10, 1.1", "1.999999999, 1.1"})
    void echoesTheClientsEncodingVersionUpToOurs(String requested, String echoed) {
        assertThat(decide("Version=" + requested, RANGE_1_TO_2))
                .isEqualTo(peerDist(2, PeerDistParams.parse("Version=" + echoed).version()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.9", "2.0", "999.999", "11.1"})
    void sendsTheContentForAnotherMajorEncodingVersion(String version) {
        assertThat(decide("Version=" + version, RANGE_1_TO_2)).isEqualTo(identity(Reason.UNKNOWN_ENCODING_VERSION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "peerdist",
                "PeerDist",
                "gzip,PEERDIST",
                "peerdist;q=0.001",
                "peerdist ; Q = 1.000",
                "gzip;q=junk,peerdist;x=0;q=0.5",
                "identity;q=1, *;q=0, peerdist;q=0.1",
                ",\tpeerdist\t,"
            })
    void seesPeerDistAccepted(String acceptEncoding) {
        assertThat(ContentNegotiation.acceptsPeerDist(List.of("br", acceptEncoding)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gzip",
                "*",
                "*;q=1",
                "peerdist2",
                "x-peerdist",
                "peerdist/1",
                "\"peerdist\"",
                "peerdist;q=0",
                "peerdist; q=0.0",
                "PeerDist;q=0.000",
                "peerdist, peerdist;q=0",
                "peerdist;q=0,5",
                "peerdist;q=0."
            })
    void seesPeerDistNotAccepted(String acceptEncoding) {
        assertThat(ContentNegotiation.decide(List.of(acceptEncoding), "Version=1.1", RANGE_1_TO_2))
                .isEqualTo(identity(Reason.NOT_ACCEPTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"q=", "q=2", "q=-1", "q=0.0000", "q=1.001", "q=.5", "q=nan"})
    void reportsAMalformedQualityOfPeerDistOnly(String quality) {
        assertThat(reason(ContentNegotiation.decide(List.of("peerdist;" + quality), "Version=1.1", null)))
                .isEqualTo(Reason.MALFORMED);
        assertThat(ContentNegotiation.decide(List.of("gzip;" + quality + ", peerdist"), "Version=1.1", null))
                .isInstanceOf(PeerDist.class);
    }

    @Test
    void needsThePeerDistHeader() {
        assertThat(decide(null, RANGE_1_TO_2)).isEqualTo(identity(Reason.NO_PARAMETERS));
    }

    @ParameterizedTest
    @CsvSource({"true, false", "TRUE, false", "false, true", "maybe, false"})
    void sendsContentInformationOnlyWithoutAMissingDataRequest(String value, boolean contentInformation) {
        Decision decision = decide("Version=1.1, MissingDataRequest=" + value, RANGE_1_TO_2);

        assertThat(decision)
                .isEqualTo(
                        contentInformation ? peerDist(2, ContentEncodingVersion.V1_1) : identity(Reason.MISSING_DATA));
    }

    @Test
    void passesOnAHashRequest() {
        assertThat(decide("Version=1.1", RANGE_1_TO_2 + ", HashRequest=true"))
                .isEqualTo(new PeerDist(2, ContentEncodingVersion.V1_1, true));
        assertThat(decide("Version=1.1", "HashRequest=true"))
                .isEqualTo(new PeerDist(1, ContentEncodingVersion.V1_1, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Version=1 | MinContentInformation=1.0, MaxContentInformation=2.0",
                "Version=1.1, Version=1.0 | MinContentInformation=1.0, MaxContentInformation=2.0",
                "Version=1.1 | MinContentInformation=1.0",
                "Version=1.1 | HashRequest=perhaps",
                "'' | MinContentInformation=1.0, MaxContentInformation=2.0"
            })
    void sendsTheContentForAMalformedHeaderAndSaysWhatIsWrong(String peerDist, String peerDistEx) {
        Decision decision = decide(peerDist, peerDistEx);

        assertThat(reason(decision)).isEqualTo(Reason.MALFORMED);
        assertThat(((Identity) decision).problem()).isPresent();
    }

    @Test
    void joinsRepeatedHeaderLines() {
        assertThat(ContentNegotiation.join(List.of())).isNull();
        assertThat(decide(ContentNegotiation.join(List.of("Version=1.1", "MissingDataRequest=true")), null))
                .isEqualTo(identity(Reason.MISSING_DATA));
        assertThat(ContentNegotiation.decide(List.of("gzip", "peerdist"), "Version=1.1", null))
                .isEqualTo(peerDist(1, ContentEncodingVersion.V1_1));
    }

    @ParameterizedTest
    @CsvSource({"peerdist, true", "PeerDist, true", "' peerdist ', true", "gzip, false", "'peerdist, gzip', false"})
    void recognizesAnEncodedResponse(String contentEncoding, boolean expected) {
        assertThat(ContentNegotiation.isPeerDist(contentEncoding)).isEqualTo(expected);
        assertThat(ContentNegotiation.isPeerDist(null)).isFalse();
    }

    private static Reason reason(Decision decision) {
        assertThat(decision).isInstanceOf(Identity.class);
        return ((Identity) decision).reason();
    }
}
