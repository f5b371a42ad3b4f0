// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stands in the octets, for those who look for strings. */
final class DiscoveryEncoderTest {
    private static final SegmentId FIRST =
            SegmentId.ofHex("3F51A0B1C2D3E4F5061728394A5B6C7D8E9FA0B1C2D3E4F5061728394A5B67DE");
    private static final SegmentId SECOND = SegmentId.of(new byte[32]);
    private static final String ID = "urn:uuid:9a3c1d5e-0f24-4b7a-8c61-2d9e7f305b48";

    @Test
    void writesTheProbeOfIpxe() {
        byte[] written = DiscoveryEncoder.encode(new Probe(ID, DiscoveryVersion.V1, List.of(FIRST)));

        assertThat(text(written))
                .isEqualTo(text(SampleMessages.file("probe-ipxe.xml")).strip());
    }

    @Test
    void packsTheIdentifiersOfTheExampleOfVersion2() {
        SegmentId id = SegmentId.ofHex("23BE1A0100000000301D1A0100000000410041004400790067004D004D003100");

        assertThat(text(DiscoveryEncoder.encode(new Probe(ID, DiscoveryVersion.V2, List.of(id, id)))))
                .contains("<wsd:Types>PeerDist:PeerDistDataV2</wsd:Types>"
                        + "<wsd:Scopes MatchBy=\"http://schemas.microsoft.com/p2p/2010/05/PeerDistV2MatchingRule\">"
                        + "ACACI74aAQAAAAAwHRoBAAAAAEEAQQBEAHkAZwBNAE0AMQAjvhoBAAAAADAdGgEAAAAAQQBBAEQAeQBnAE0ATQAxAA=="
                        + "</wsd:Scopes>");
    }

    @Test
    void writesMatchesForParsersByString() throws UnknownHostException {
        byte[] global = new byte[16];
        global[0] = (byte) 0xFD;
        global[15] = 7;
        InetSocketAddress ipv6 = SampleMessages.address(global, 81);
        InetSocketAddress linkLocal = new InetSocketAddress(
                Inet6Address.getByAddress(
                        null, new byte[] {(byte) 0xFE, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 3),
                81);
        InetSocketAddress ipv4 = SampleMessages.address(new byte[] {10, 0, 0, 7}, 80);
        ProbeMatch match = new ProbeMatch.V1(
                "urn:uuid:e",
                List.of(ipv6, linkLocal, ipv4),
                List.of(new SegmentBlocks(FIRST, 512), new SegmentBlocks(SECOND, 42)));

        String text = text(DiscoveryEncoder.encode(
                new ProbeMatches("urn:uuid:m", "urn:uuid:<r&>", new AppSequence(7, 1), List.of(match))));

        assertThat(text)
                .contains("<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>")
                .contains("<wsa:RelatesTo>urn:uuid:&lt;r&amp;&gt;</wsa:RelatesTo>")
                .contains("<wsd:AppSequence InstanceId=\"7\" MessageNumber=\"1\"/>")
                .contains("<wsd:Scopes>3F51A0B1C2D3E4F5061728394A5B6C7D8E9FA0B1C2D3E4F5061728394A5B67DE "
                        + "0".repeat(64) + "</wsd:Scopes>")
                .contains("<wsd:XAddrs>10.0.0.7:80 [fd00::7]:81 [fe80::1]:81</wsd:XAddrs>")
                .contains("<wsd:MetadataVersion>1</wsd:MetadataVersion>")
                .contains("<PeerDist:PeerDistData><PeerDist:BlockCount>000002000000002A</PeerDist:BlockCount>");
    }

    @Test
    void writesPresenceAndAgesOfTheExampleOfVersion2() {
        SegmentAges ages = new SegmentAges(
                AgeUnit.HUNDREDTHS, List.of(new EncodedSegmentAge(0, 60_000), new EncodedSegmentAge(2, 60_000)));
        ProbeMatch match = new ProbeMatch.V2(
                "urn:uuid:e",
                List.of(SampleMessages.address(new byte[] {10, 0, 0, 7}, 80)),
                Collections.nCopies(40, SegmentPresence.COMPLETE),
                ages);

        assertThat(text(DiscoveryEncoder.encode(new ProbeMatches("urn:uuid:m", "urn:uuid:r", null, List.of(match)))))
                .contains("<wsd:Scopes>/////////////w==</wsd:Scopes>")
                .contains("<wsd:MetadataVersion>2</wsd:MetadataVersion>")
                .contains("<PeerDist:SegmentAges>AAEDAgBg6gACYOoA</PeerDist:SegmentAges>")
                .doesNotContain("AppSequence");
    }

    @ParameterizedTest
    @EnumSource
    void fitsAsManySegmentsAsADatagramHolds(DiscoveryVersion version) {
        for (int idBytes : new int[] {32, 48, 64}) {
            SegmentId id = SegmentId.of(new byte[idBytes]);
            int fit = DiscoveryEncoder.segmentsPerProbe(version, ID, idBytes, 1_452);

            assertThat(DiscoveryEncoder.encode(new Probe(ID, version, Collections.nCopies(fit, id))))
                    .hasSizeLessThanOrEqualTo(1_452);
            assertThat(DiscoveryEncoder.encode(new Probe(ID, version, Collections.nCopies(fit + 1, id))))
                    .hasSizeGreaterThan(1_452);
        }
        assertThat(DiscoveryEncoder.segmentsPerProbe(version, ID, 32, 100)).isOne();
        assertThat(DiscoveryEncoder.segmentsPerProbe(version, ID, 32, 1_000_000))
                .isEqualTo(Probe.MAX_SEGMENTS);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
