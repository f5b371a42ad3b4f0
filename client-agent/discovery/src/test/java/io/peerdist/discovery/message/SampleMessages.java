// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.conformance.Gen;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Messages to try the codec on. */
final class SampleMessages {
    private SampleMessages() {}

    static byte[] file(String name) {
        try (InputStream file = SampleMessages.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    static List<byte[]> files() {
        return List.of(
                file("probe-v1.xml"),
                file("probe-v2.xml"),
                file("match-v1.xml"),
                file("match-v2.xml"),
                file("probe-ipxe.xml"));
    }

    static DiscoveryMessage message(Gen gen) {
        return gen.bool() ? probe(gen) : matches(gen);
    }

    static Probe probe(Gen gen) {
        DiscoveryVersion version = gen.oneOf(DiscoveryVersion.V1, DiscoveryVersion.V2);
        int idBytes = gen.oneOf(32, 48, 64);
        return new Probe(messageId(gen), version, segmentIds(gen, idBytes, 1 + gen.lengthUpTo(100)));
    }

    private static List<SegmentId> segmentIds(Gen gen, int idBytes, int count) {
        return gen.list(count, each -> SegmentId.of(each.bytes(idBytes)));
    }

    static ProbeMatches matches(Gen gen) {
        return new ProbeMatches(
                messageId(gen),
                messageId(gen),
                gen.bool() ? null : new AppSequence(gen.longBetween(0, AppSequence.MAX), gen.intBetween(1, 9)),
                gen.list(gen.intBetween(1, 3), SampleMessages::match));
    }

    private static ProbeMatch match(Gen gen) {
        int count = 1 + gen.lengthUpTo(30);
        if (gen.bool()) {
            List<SegmentBlocks> held = new ArrayList<>();
            for (SegmentId id : segmentIds(gen, 32, count)) {
                held.add(new SegmentBlocks(id, gen.intBetween(0, SegmentBlocks.MAX_BLOCKS)));
            }
            return new ProbeMatch.V1(messageId(gen), addresses(gen), held);
        }
        List<SegmentPresence> presence = gen.list(4 * count, each -> each.oneOf(List.of(SegmentPresence.values())));
        return new ProbeMatch.V2(messageId(gen), addresses(gen), presence, ages(gen));
    }

    private static SegmentAges ages(Gen gen) {
        return new SegmentAges(
                gen.oneOf(List.of(AgeUnit.values())),
                gen.list(
                        gen.lengthUpTo(20),
                        each -> new EncodedSegmentAge(
                                each.intBetween(0, 255), each.intBetween(0, EncodedSegmentAge.MAX_AGE))));
    }

    /** IPv4 first, as the encoder writes them. */
    private static List<InetSocketAddress> addresses(Gen gen) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        gen.list(gen.intBetween(1, 3), each -> addresses.add(address(each.bytes(4), each.intBetween(1, 65_535))));
        gen.list(gen.intBetween(0, 3), each -> {
            byte[] octets = each.bytes(16);
            octets[0] = (byte) 0xFD; // unique local: never one that stands for an IPv4 address
            return addresses.add(address(octets, each.intBetween(1, 65_535)));
        });
        return addresses;
    }

    static InetSocketAddress address(byte[] octets, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(octets), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String messageId(Gen gen) {
        return "urn:" + gen.string("abcdefABCDEF0123456789-<>&'\";", gen.intBetween(1, 60));
    }
}
