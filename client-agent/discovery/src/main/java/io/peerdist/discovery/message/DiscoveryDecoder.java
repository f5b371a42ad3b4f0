// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages with any prefixes, blanks and order of elements. What a hostile document costs is bounded by its size, at
 * most {@link #MAX_MESSAGE_BYTES}. Not thread-safe: one for each thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2, 3.1.6, 3.2.4.1</a>
 */
public final class DiscoveryDecoder {
    /** The longest message that is read: 255 identifiers of 32 octets in hexadecimal, and room for another's layout. */
    public static final int MAX_MESSAGE_BYTES = 20_480;

    private static final String PROTOCOL = "MS-PCCRD";
    private static final byte[] PEER_DIST = DiscoveryNames.PEER_DIST.getBytes(StandardCharsets.US_ASCII);

    private final XMLInputFactory factory = SoapReader.factory();

    /** A decoder with a parser of its own. */
    public DiscoveryDecoder() {}

    /**
     * The message in what remains of {@code datagram}, whose position is not moved; nothing when it belongs to another
     * service, of which many share the port. Throws {@link MalformedMessageException}.
     */
    public Optional<DiscoveryMessage> decode(ByteBuffer datagram) {
        if (datagram.remaining() > MAX_MESSAGE_BYTES) {
            throw new MalformedMessageException(
                    PROTOCOL,
                    "message",
                    0,
                    datagram.remaining() + " octets (expected: at most " + MAX_MESSAGE_BYTES + ")");
        }
        if (!mentionsPeerDist(datagram)) {
            return Optional.empty();
        }
        String document = text(datagram);
        Parse parse = new Parse();
        try {
            parse.reader = new SoapReader(factory, document);
            return Optional.ofNullable(parse.envelope());
        } catch (XMLStreamException | RuntimeException e) {
            // The parser of the JDK also throws unchecked exceptions of many kinds at documents that are not
            // well-formed.
            throw malformed(parse.field, parse.offset(), e);
        }
    }

    private static MalformedMessageException malformed(String field, int offset, Exception cause) {
        String reason = cause.getMessage();
        MalformedMessageException refusal = new MalformedMessageException(
                PROTOCOL, field, offset, reason == null ? cause.getClass().getSimpleName() : reason);
        refusal.initCause(cause);
        return refusal;
    }

    /** Saves parsing what printers and cameras say. */
    private static boolean mentionsPeerDist(ByteBuffer datagram) {
        int last = datagram.limit() - PEER_DIST.length;
        for (int at = datagram.position(); at <= last; at++) {
            int matched = 0;
            while (matched < PEER_DIST.length && datagram.get(at + matched) == PEER_DIST[matched]) {
                matched++;
            }
            if (matched == PEER_DIST.length) {
                return true;
            }
        }
        return false;
    }

    private static String text(ByteBuffer datagram) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(datagram.duplicate())
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw malformed("message", 0, e);
        }
    }

    /** One document on its way to a message. */
    @SuppressWarnings("NullAway.Init") // the reader is set before anything is read
    private static final class Parse {
        private SoapReader reader;
        private String field = "Envelope";

        private @Nullable String action;
        private @Nullable String messageId;
        private @Nullable String relatesTo;
        private @Nullable AppSequence appSequence;

        int offset() {
            return reader == null ? 0 : Math.max(0, reader.offset());
        }

        @Nullable
        DiscoveryMessage envelope() throws XMLStreamException {
            DiscoveryMessage message = null;
            if (!reader.nextChild() || !reader.is(DiscoveryNames.SOAP, "Envelope")) {
                throw new IllegalArgumentException("another root element (expected: a SOAP 1.2 envelope)");
            }
            boolean body = false;
            while (reader.nextChild()) {
                if (!body && reader.is(DiscoveryNames.SOAP, "Header")) {
                    header();
                } else if (!body && reader.is(DiscoveryNames.SOAP, "Body")) {
                    body = true;
                    message = body();
                } else {
                    throw new IllegalArgumentException("another element in the envelope (expected: header, then body)");
                }
            }
            field = "Envelope";
            while (reader.nextChild()) {
                throw new IllegalArgumentException("a second root element (expected: one)");
            }
            return message;
        }

        private void header() throws XMLStreamException {
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.ADDRESSING, "Action")) {
                    action = once("Action", action);
                } else if (reader.is(DiscoveryNames.ADDRESSING, "MessageID")) {
                    messageId = once("MessageID", messageId);
                } else if (reader.is(DiscoveryNames.ADDRESSING, "RelatesTo")) {
                    relatesTo = once("RelatesTo", relatesTo);
                } else if (reader.is(DiscoveryNames.DISCOVERY, "AppSequence")) {
                    long instanceId = number("InstanceId");
                    long messageNumber = number("MessageNumber");
                    field = "AppSequence";
                    appSequence = new AppSequence(instanceId, messageNumber);
                    reader.skip();
                } else {
                    reader.skip();
                }
            }
        }

        private long number(String attribute) {
            return Long.parseLong(required(attribute, reader.attribute(attribute)));
        }

        private @Nullable DiscoveryMessage body() throws XMLStreamException {
            DiscoveryMessage message = null;
            field = "Body";
            while (reader.nextChild()) {
                if (message == null && reader.is(DiscoveryNames.DISCOVERY, "Probe")) {
                    message = probe();
                } else if (message == null && reader.is(DiscoveryNames.DISCOVERY, "ProbeMatches")) {
                    message = probeMatches();
                } else {
                    reader.skip();
                }
            }
            return message;
        }

        private @Nullable Probe probe() throws XMLStreamException {
            List<String> types = null;
            String scopes = null;
            String matchBy = null;
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.DISCOVERY, "Types")) {
                    field = "Types";
                    types = reader.namesIn(DiscoveryNames.PEER_DIST);
                } else if (reader.is(DiscoveryNames.DISCOVERY, "Scopes")) {
                    matchBy = reader.attribute("MatchBy");
                    scopes = once("Scopes", scopes);
                } else {
                    reader.skip();
                }
            }
            DiscoveryVersion version = version(types);
            if (version == null) {
                return null;
            }
            requireAction(DiscoveryNames.PROBE_ACTION);
            field = "MatchBy";
            if (matchBy != null && !matchBy.equals(version.matchBy())) {
                throw new IllegalArgumentException("another rule (expected: " + version.matchBy() + ")");
            }
            field = "Scopes";
            List<SegmentId> ids = ScopeText.segmentIds(version, required("Scopes", scopes));
            return new Probe(required("MessageID", messageId), version, ids);
        }

        /** Null when this is about other services. */
        private @Nullable DiscoveryVersion version(@Nullable List<String> types) {
            field = "Types";
            DiscoveryVersion version = null;
            for (String type : types == null ? List.<String>of() : types) {
                for (DiscoveryVersion each : DiscoveryVersion.values()) {
                    if (each.type().equals(type) && each != version) {
                        if (version != null) {
                            throw new IllegalArgumentException("types of both versions (expected: one)");
                        }
                        version = each;
                    }
                }
            }
            return version;
        }

        private @Nullable ProbeMatches probeMatches() throws XMLStreamException {
            List<ProbeMatch> matches = new ArrayList<>();
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.DISCOVERY, "ProbeMatch")) {
                    ProbeMatch match = probeMatch();
                    if (match != null) {
                        matches.add(match);
                    }
                } else {
                    reader.skip();
                }
            }
            if (matches.isEmpty()) {
                return null;
            }
            requireAction(DiscoveryNames.MATCHES_ACTION);
            return new ProbeMatches(
                    required("MessageID", messageId), required("RelatesTo", relatesTo), appSequence, matches);
        }

        private @Nullable ProbeMatch probeMatch() throws XMLStreamException {
            MatchFields fields = new MatchFields();
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.ADDRESSING, "EndpointReference")) {
                    endpoint(fields);
                } else if (reader.is(DiscoveryNames.DISCOVERY, "Types")) {
                    field = "Types";
                    fields.types = reader.namesIn(DiscoveryNames.PEER_DIST);
                } else if (reader.is(DiscoveryNames.DISCOVERY, "Scopes")) {
                    fields.scopes = once("Scopes", fields.scopes);
                } else if (reader.is(DiscoveryNames.DISCOVERY, "XAddrs")) {
                    fields.addresses = once("XAddrs", fields.addresses);
                } else if (reader.is(DiscoveryNames.PEER_DIST, "PeerDistData")) {
                    data(fields);
                } else {
                    reader.skip();
                }
            }
            DiscoveryVersion version = version(fields.types);
            return version == null ? null : match(version, fields);
        }

        private void endpoint(MatchFields fields) throws XMLStreamException {
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.ADDRESSING, "Address")) {
                    fields.endpoint = once("Address", fields.endpoint);
                } else {
                    reader.skip();
                }
            }
        }

        private void data(MatchFields fields) throws XMLStreamException {
            while (reader.nextChild()) {
                if (reader.is(DiscoveryNames.PEER_DIST, "BlockCount")) {
                    fields.blockCount = once("BlockCount", fields.blockCount);
                } else if (reader.is(DiscoveryNames.PEER_DIST, "SegmentAges")) {
                    fields.segmentAges = once("SegmentAges", fields.segmentAges);
                } else {
                    reader.skip();
                }
            }
        }

        private ProbeMatch match(DiscoveryVersion version, MatchFields fields) {
            String endpoint = required("Address", fields.endpoint);
            var addresses = AddressText.read(required("XAddrs", fields.addresses));
            String scopes = required("Scopes", fields.scopes);
            field = "Scopes";
            if (version == DiscoveryVersion.V2) {
                List<SegmentPresence> presence = ScopeText.presence(scopes);
                field = "SegmentAges";
                return new ProbeMatch.V2(
                        endpoint,
                        addresses,
                        presence,
                        fields.segmentAges == null
                                ? null
                                : SegmentAges.decodeOrDiscard(ByteBuffer.wrap(ScopeText.base64(fields.segmentAges))));
            }
            List<SegmentId> ids = ScopeText.hexIds(scopes);
            String blockCount = required("BlockCount", fields.blockCount);
            return new ProbeMatch.V1(endpoint, addresses, ScopeText.blockCounts(ids, blockCount));
        }

        /** The message says in its header what it is in its body. */
        private void requireAction(String expected) {
            if (!required("Action", action).equals(expected)) {
                throw new IllegalArgumentException("another action (expected: " + expected + ")");
            }
        }

        /** Reads the text of an element that may stand there once; {@code before} is what was read of it so far. */
        private String once(String name, @Nullable String before) throws XMLStreamException {
            field = name;
            if (before != null) {
                throw new IllegalArgumentException("a second one (expected: one)");
            }
            return reader.text();
        }

        private String required(String name, @Nullable String value) {
            field = name;
            if (value == null) {
                throw new IllegalArgumentException("none (expected: one)");
            }
            return value;
        }
    }

    /** What was read of a match; its elements may stand in any order. */
    private static final class MatchFields {
        private @Nullable List<String> types;
        private @Nullable String endpoint;
        private @Nullable String scopes;
        private @Nullable String addresses;
        private @Nullable String blockCount;
        private @Nullable String segmentAges;
    }
}
