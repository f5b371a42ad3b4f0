// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.SegmentAges;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes messages in the one layout that parsers by string matching read: the prefixes {@code soap:}, {@code wsa:},
 * {@code wsd:} and {@code PeerDist:}, no attributes on the elements of a match, no blanks around values, identifiers in upper
 * case, counts of 8 digits, IPv4 addresses first. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.2 and 4</a>
 */
public final class DiscoveryEncoder {
    private static final String ENVELOPE = "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
            + "<soap:Envelope xmlns:soap=\"" + DiscoveryNames.SOAP + "\" xmlns:wsa=\"" + DiscoveryNames.ADDRESSING
            + "\" xmlns:wsd=\"" + DiscoveryNames.DISCOVERY + "\" xmlns:PeerDist=\"" + DiscoveryNames.PEER_DIST + "\">"
            + "<soap:Header>";
    private static final String BODY = "</soap:Header><soap:Body>";
    private static final String END = "</soap:Body></soap:Envelope>";

    private static final int PACKED_HEADER_BYTES = 3;

    private DiscoveryEncoder() {}

    /** The message in UTF-8. */
    public static byte[] encode(DiscoveryMessage message) {
        String text = message instanceof Probe probe
                ? text(probe.messageId(), probe.version(), ScopeText.ofSegmentIds(probe.version(), probe.segmentIds()))
                : text((ProbeMatches) message);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * How many segments fit a probe of at most {@code maxBytes}, at least 1 and at most {@link Probe#MAX_SEGMENTS}.
     *
     * @param messageId the message's identifier
     * @param idBytes the length of each segment's identifier
     */
    public static int segmentsPerProbe(DiscoveryVersion version, String messageId, int idBytes, int maxBytes) {
        int room = maxBytes - text(messageId, version, "").length();
        int fit = version == DiscoveryVersion.V1
                ? (room + 1) / (2 * idBytes + 1)
                : (room / 4 * 3 - PACKED_HEADER_BYTES) / idBytes;
        return Math.max(1, Math.min(Probe.MAX_SEGMENTS, fit));
    }

    private static String text(String messageId, DiscoveryVersion version, String scopes) {
        return ENVELOPE
                + element("wsa:To", DiscoveryNames.DISCOVERY_ADDRESS)
                + element("wsa:Action", DiscoveryNames.PROBE_ACTION)
                + element("wsa:MessageID", escaped(messageId))
                + BODY
                + "<wsd:Probe>"
                + element("wsd:Types", "PeerDist:" + version.type())
                + "<wsd:Scopes MatchBy=\"" + version.matchBy() + "\">" + scopes + "</wsd:Scopes>"
                + "</wsd:Probe>"
                + END;
    }

    private static String text(ProbeMatches message) {
        AppSequence sequence = message.appSequence();
        return ENVELOPE
                + element("wsa:To", DiscoveryNames.ANONYMOUS)
                + element("wsa:Action", DiscoveryNames.MATCHES_ACTION)
                + element("wsa:MessageID", escaped(message.messageId()))
                + element("wsa:RelatesTo", escaped(message.relatesTo()))
                + (sequence == null
                        ? ""
                        : "<wsd:AppSequence InstanceId=\"" + sequence.instanceId() + "\" MessageNumber=\""
                                + sequence.messageNumber() + "\"/>")
                + BODY
                + element(
                        "wsd:ProbeMatches",
                        message.matches().stream().map(DiscoveryEncoder::text).collect(Collectors.joining()))
                + END;
    }

    private static String text(ProbeMatch match) {
        return element(
                "wsd:ProbeMatch",
                element("wsa:EndpointReference", element("wsa:Address", escaped(match.endpoint())))
                        + element("wsd:Types", "PeerDist:" + match.version().type())
                        + element("wsd:Scopes", scopes(match))
                        + element("wsd:XAddrs", AddressText.of(match.addresses()))
                        + element(
                                "wsd:MetadataVersion",
                                Integer.toString(match.version().metadataVersion()))
                        + element("PeerDist:PeerDistData", data(match)));
    }

    private static String scopes(ProbeMatch match) {
        if (match instanceof ProbeMatch.V1 first) {
            List<SegmentId> ids =
                    first.held().stream().map(SegmentBlocks::segmentId).toList();
            return ScopeText.ofSegmentIds(DiscoveryVersion.V1, ids);
        }
        return ScopeText.ofPresence(((ProbeMatch.V2) match).presence());
    }

    private static String data(ProbeMatch match) {
        if (match instanceof ProbeMatch.V1 first) {
            return element("PeerDist:BlockCount", ScopeText.ofBlockCounts(first.held()));
        }
        ProbeMatch.V2 second = (ProbeMatch.V2) match;
        SegmentAges ages = second.ages();
        return ages == null
                ? ""
                : element("PeerDist:SegmentAges", Base64.getEncoder().encodeToString(ages.encode()));
    }

    private static String element(String name, String content) {
        return "<" + name + ">" + content + "</" + name + ">";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
