// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DiscoveryDecoderTest {
    private static final SegmentId EXAMPLE_ID = SegmentId.ofHex("02" + "0".repeat(126));
    private static final String ENDPOINT = "urn:uuid:87A89944-0230-43a5-AC4E-FAB1386C8E2C";
    private static final int MAX_ALLOCATED_BYTES = 512 * 1024;

    private final DiscoveryDecoder decoder = new DiscoveryDecoder();

    @Test
    void readsTheProbeOfVersion1() {
        assertThat(decode("probe-v1.xml"))
                .contains(new Probe(
                        "urn:uuid:91528b47-b96d-4e30-981f-308c0586926f", DiscoveryVersion.V1, List.of(EXAMPLE_ID)));
    }

    @Test
    void readsTheProbeOfVersion2WithOtherPrefixesAndOrder() {
        SegmentId id = SegmentId.ofHex("23BE1A0100000000301D1A0100000000410041004400790067004D004D003100");

        assertThat(decode("probe-v2.xml"))
                .contains(new Probe(
                        "urn:uuid:91528b47-b96d-4e30-981f-308c0586926f", DiscoveryVersion.V2, List.of(id, id)));
    }

    @Test
    void readsTheProbeOfIpxe() {
        assertThat(decode("probe-ipxe.xml"))
                .get()
                .isInstanceOfSatisfying(
                        Probe.class, probe -> assertThat(probe.segmentIds()).hasSize(1));
    }

    @Test
    void readsTheMatchOfVersion1() {
        assertThat(decode("match-v1.xml"))
                .contains(new ProbeMatches(
                        "urn:uuid:7f4b09a3-96c9-4170-9eb3-1c805a52f444",
                        "urn:uuid:91528b47-b96d-4e30-981f-308c0586926f",
                        new AppSequence(1_218_765_447, 4),
                        List.of(new ProbeMatch.V1(
                                ENDPOINT,
                                List.of(SampleMessages.address(
                                        new byte[] {(byte) 157, 59, (byte) 141, (byte) 183}, 54_321)),
                                List.of(new SegmentBlocks(EXAMPLE_ID, 42))))));
    }

    @Test
    void readsTheMatchOfVersion2() {
        SegmentAges ages = new SegmentAges(
                AgeUnit.HUNDREDTHS, List.of(new EncodedSegmentAge(0, 60_000), new EncodedSegmentAge(2, 60_000)));

        assertThat(decode("match-v2.xml"))
                .get()
                .isInstanceOfSatisfying(
                        ProbeMatches.class,
                        message -> assertThat(message.matches())
                                .containsExactly(new ProbeMatch.V2(
                                        ENDPOINT,
                                        List.of(SampleMessages.address(
                                                new byte[] {(byte) 157, 59, (byte) 141, (byte) 183}, 54_321)),
                                        Collections.nCopies(40, SegmentPresence.COMPLETE),
                                        ages)));
    }

    @Test
    void readsBlockCountsOfFourDigitsAsWell() {
        String id = "0".repeat(64);
        String three = edited("match-v1.xml", "02" + "0".repeat(126), id + " " + id + "\n" + id);

        assertThat(held(three.replace("0000002A", "001900040010"))).containsExactly(25, 4, 16);
        assertThat(held(three.replace("0000002A", "00000019 00000004 00000010")))
                .containsExactly(25, 4, 16);
    }

    private List<Integer> held(String document) {
        ProbeMatches message = (ProbeMatches) decodeText(document).orElseThrow();
        ProbeMatch.V1 match = (ProbeMatch.V1) message.matches().get(0);
        return match.held().stream().map(SegmentBlocks::blockCount).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:80,10.0.0.1",
        "peer.example:80 10.0.0.1:80,10.0.0.1",
        "http://10.0.0.1:80/ [fd00::1]:80,fd00:0:0:0:0:0:0:1",
        "10.0.0.1:0 10.0.0.1:65536 10.0.0.1: 10.0.0.1 :80 [fe80::1%1]:80 fd00::1:80 [10.0.0.1]:80,''"
    })
    void takesLiteralAddressesAndLooksNothingUp(String text, String host) {
        ProbeMatches message = (ProbeMatches)
                decodeText(edited("match-v1.xml", "157.59.141.183:54321", text)).orElseThrow();

        assertThat(message.matches().get(0).addresses().stream()
                        .map(each -> each.getAddress().getHostAddress()))
                .isEqualTo(host.isEmpty() ? List.of() : List.of(host));
    }

    @Test
    void takesSixteenAddressesAtMost() {
        ProbeMatches message =
                (ProbeMatches) decodeText(edited("match-v1.xml", "157.59.141.183:54321", "10.0.0.1:80 ".repeat(40)))
                        .orElseThrow();

        assertThat(message.matches().get(0).addresses()).hasSize(ProbeMatch.MAX_ADDRESSES);
    }

    @Test
    void leavesOtherServicesAlone() {
        String printer = edited("probe-v1.xml", "PeerDist:PeerDistData", "PeerDist:Printer other:PeerDistData");
        assertThat(decodeText(printer.replace("PeerDist:Printer other:", "wsd:")))
                .isEmpty();
        assertThat(decodeText(edited("probe-v1.xml", "PeerDistributionDiscovery", "Printing")))
                .isEmpty();
        assertThat(decodeText(edited("probe-v1.xml", "wsd:Probe>", "wsd:Resolve>")))
                .isEmpty();
        assertThat(decodeText("M-SEARCH * HTTP/1.1\r\n\r\n")).isEmpty();
        assertThat(decodeText(edited("match-v1.xml", "PeerDist:PeerDistData\n", "wsd:Device\n")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "probe-v1.xml,0200000,02000,Scopes",
        "probe-v1.xml,0200000,0x00000,Scopes",
        "probe-v1.xml,discovery/strcmp0,discovery/rfc2396,MatchBy",
        "probe-v1.xml,discovery/Probe\\n,discovery/Hello\\n,Action",
        "probe-v1.xml,wsa:MessageID,wsa:From,MessageID",
        "probe-v1.xml,urn:uuid:9,urn uuid:9,MessageID",
        "probe-v1.xml,PeerDist:PeerDistData,PeerDist:PeerDistData PeerDist:PeerDistDataV2,Types",
        "probe-v2.xml,ACACI74,ACADI74,Scopes",
        "probe-v2.xml,ACACI74,ACAAI74,Scopes",
        "probe-v2.xml,ACACI74,ACECI74,Scopes",
        "probe-v2.xml,ACACI74,AC*CI74,Scopes",
        "match-v1.xml,0000002A,00000201,BlockCount",
        "match-v1.xml,0000002A,FFFFFFFF,BlockCount",
        "match-v1.xml,0000002A,0000002,BlockCount",
        "match-v1.xml,0000002A,0000002A0000002A,BlockCount",
        "match-v1.xml,0000002A,,BlockCount",
        "match-v1.xml,PeerDist:BlockCount,PeerDist:Count,BlockCount",
        "match-v1.xml,wsd:XAddrs,wsd:Addrs,XAddrs",
        "match-v1.xml,wsa:RelatesTo,wsa:From,RelatesTo",
        "match-v1.xml,1218765447,4294967296,AppSequence",
        "match-v1.xml,wsa:Address>,wsa:Addr>,Address",
        "match-v2.xml,/////////////w==,,Scopes"
    })
    void refusesWhatIsNotSaidRight(String file, String good, String bad, String field) {
        String document = edited(file, good.replace("\\n", "\n"), bad == null ? "" : bad.replace("\\n", "\n"));

        assertThatThrownBy(() -> decodeText(document))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
    }

    @Test
    void refusesProbesWithoutSegmentsOrWithTooMany() {
        String id = "0".repeat(64) + " ";
        String probe = edited("probe-v1.xml", "02" + "0".repeat(126), "SCOPES");

        assertMalformed(probe.replace("SCOPES", ""));
        assertMalformed(probe.replace("SCOPES", id.repeat(256)));
        assertThat(decodeText(probe.replace("SCOPES", id.repeat(255)))).isPresent();
    }

    @Test
    void discardsAgesThatAreWrongAndKeepsTheMatch() {
        ProbeMatches message = (ProbeMatches) decodeText(edited("match-v2.xml", "AAEDAgBg6gACYOoA", "AAEDAwBg6gACYOoA"))
                .orElseThrow();

        assertThat(((ProbeMatch.V2) message.matches().get(0)).ages()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
                "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">",
                "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
            })
    void refusesDocumentTypes(String documentType) {
        assertMalformed(edited("probe-v1.xml", "<soap:Envelope", documentType + "<soap:Envelope"));
        assertMalformed(edited("probe-v1.xml", "<soap:Envelope", documentType + "<soap:Envelope")
                .replace("urn:uuid:9", "&b;"));
    }

    @Test
    void refusesEntitiesThatAreNotXmlsOwn() {
        assertMalformed(edited("probe-v1.xml", "urn:uuid:9", "&nbsp;"));
    }

    @Test
    void boundsDepthElementsAttributesAndSize() {
        assertMalformed(edited("probe-v1.xml", "<wsd:Probe>", "<a>".repeat(20) + "</a>".repeat(20) + "<wsd:Probe>"));
        assertMalformed(edited("probe-v1.xml", "<wsd:Probe>", "<a/>".repeat(300) + "<wsd:Probe>"));
        StringBuilder attributes = new StringBuilder("<a ");
        for (int i = 0; i < 1_000; i++) {
            attributes.append("b").append(i).append("='' ");
        }
        assertMalformed(edited("probe-v1.xml", "<wsd:Probe>", attributes + "/><wsd:Probe>"));
        assertMalformed(edited("probe-v1.xml", "<wsd:Probe>", " ".repeat(20_480) + "<wsd:Probe>"));
        assertThat(decodeText(edited("probe-v1.xml", "<wsd:Probe>", "<a/>".repeat(100) + "<wsd:Probe>")))
                .isPresent();
    }

    @Test
    void refusesASecondOfWhatThereIsOneOf() {
        assertMalformed(edited("match-v1.xml", "<wsd:XAddrs>", "<wsd:XAddrs>1.2.3.4:5</wsd:XAddrs><wsd:XAddrs>"));
        assertMalformed(edited("probe-v1.xml", "<wsa:MessageID>", "<wsa:MessageID>a</wsa:MessageID><wsa:MessageID>"));
        assertMalformed(edited("probe-v1.xml", "</soap:Envelope>", "</soap:Envelope><soap:Envelope/>"));
    }

    @Test
    void readsAMarkOfByteOrderAndRefusesWrongUtf8() {
        assertThat(decodeText("\uFEFF" + text("probe-v1.xml"))).isPresent();

        byte[] wrong = SampleMessages.file("probe-v1.xml");
        wrong[200] = (byte) 0xFF;
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(wrong))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesCutMessages() {
        for (byte[] file : SampleMessages.files()) {
            byte[] message = text(file).strip().getBytes(StandardCharsets.UTF_8);
            int mentioned = text(file).indexOf(DiscoveryNames.PEER_DIST) + DiscoveryNames.PEER_DIST.length();
            DecoderChecks.truncationAtEveryLength(
                    message,
                    MalformedMessageException.class,
                    cut -> {
                        // A beginning that does not mention the service belongs to any.
                        assertThat(decoder.decode(cut).isPresent()).isFalse();
                    },
                    lengthsBelow(mentioned));
        }
    }

    private static Set<Integer> lengthsBelow(int length) {
        return IntStream.range(0, length).boxed().collect(Collectors.toSet());
    }

    @Test
    void readsOrRefusesEveryFlippedBit() {
        for (String file : List.of("probe-ipxe.xml", "match-v2.xml")) {
            DecoderChecks.bitFlips(SampleMessages.file(file), MalformedMessageException.class, decoder::decode);
        }
    }

    @Test
    void allocatesLittleForHostileDocuments() {
        String bomb = edited("probe-v1.xml", "<wsd:Probe>", "<a>".repeat(6_000));
        DecoderChecks.refusesWithoutAllocating(
                MAX_ALLOCATED_BYTES,
                bomb.getBytes(StandardCharsets.UTF_8),
                MalformedMessageException.class,
                decoder::decode);
    }

    @Test
    void doesNotMoveThePositionOfTheDatagram() {
        ByteBuffer buffer = ByteBuffer.allocate(10_000).position(5);
        buffer.put(SampleMessages.file("match-v1.xml")).flip().position(5);

        assertThat(decoder.decode(buffer)).isPresent();
        assertThat(buffer.position()).isEqualTo(5);
    }

    private void assertMalformed(String document) {
        assertThatThrownBy(() -> decodeText(document)).isInstanceOf(MalformedMessageException.class);
    }

    private static String edited(String file, String good, String bad) {
        String text = text(file);
        assertThat(text).contains(good);
        return text.replace(good, bad);
    }

    private Optional<DiscoveryMessage> decode(String file) {
        return decodeText(text(file));
    }

    private Optional<DiscoveryMessage> decodeText(String document) {
        return decoder.decode(ByteBuffer.wrap(Objects.requireNonNull(document).getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(String file) {
        return text(SampleMessages.file(file));
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
