// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.StringTokenizer;
import java.util.stream.Collectors;

/**
 * The values of {@code Scopes} and {@code BlockCount}. Reading throws {@link IllegalArgumentException}, which the decoder
 * turns into its own exception.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.3, 2.2.3.9</a>
 */
final class ScopeText {
    /** Upper case, as the comparison is one of strings and both Windows and iPXE write and look for that. */
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final int HEADER_BYTES = 3;
    private static final int PRESENCE_PER_BYTE = 4;
    private static final int COUNT_DIGITS = 8;
    /** What the text of 2.2.3.9 shows; its messages and all that is seen on networks have 8 digits. */
    private static final int SHORT_COUNT_DIGITS = 4;

    private ScopeText() {}

    static String hex(SegmentId id) {
        return HEX.formatHex(id.toByteArray());
    }

    static String ofSegmentIds(DiscoveryVersion version, List<SegmentId> ids) {
        if (version == DiscoveryVersion.V1) {
            return ids.stream().map(ScopeText::hex).collect(Collectors.joining(" "));
        }
        int idBytes = ids.get(0).length();
        ByteBuffer packed = ByteBuffer.allocate(HEADER_BYTES + ids.size() * idBytes);
        packed.putShort((short) idBytes).put((byte) ids.size());
        ids.forEach(id -> id.writeTo(packed));
        return Base64.getEncoder().encodeToString(packed.array());
    }

    static List<SegmentId> segmentIds(DiscoveryVersion version, String text) {
        return version == DiscoveryVersion.V1 ? hexIds(text) : packedIds(base64(text));
    }

    static List<SegmentId> hexIds(String text) {
        List<SegmentId> ids = new ArrayList<>();
        for (StringTokenizer tokens = new StringTokenizer(text); tokens.hasMoreTokens(); ) {
            requireAtMost(Probe.MAX_SEGMENTS, ids.size() + 1);
            ids.add(SegmentId.ofHex(tokens.nextToken()));
        }
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("no segment (expected: at least one)");
        }
        return ids;
    }

    private static List<SegmentId> packedIds(byte[] octets) {
        if (octets.length < HEADER_BYTES) {
            throw new IllegalArgumentException(octets.length + " octets (expected: at least " + HEADER_BYTES + ")");
        }
        ByteBuffer packed = ByteBuffer.wrap(octets);
        int idBytes = Short.toUnsignedInt(packed.getShort());
        int count = Byte.toUnsignedInt(packed.get());
        if (count == 0 || packed.remaining() != count * idBytes) {
            throw new IllegalArgumentException(packed.remaining() + " octets for " + count + " segments of " + idBytes
                    + " (expected: as many as that takes, for at least one)");
        }
        List<SegmentId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] id = new byte[idBytes];
            packed.get(id);
            ids.add(SegmentId.of(id));
        }
        return ids;
    }

    static String ofPresence(List<SegmentPresence> presence) {
        byte[] octets = new byte[(presence.size() + PRESENCE_PER_BYTE - 1) / PRESENCE_PER_BYTE];
        for (int i = 0; i < presence.size(); i++) {
            octets[i / PRESENCE_PER_BYTE] |= (byte) (presence.get(i).bits() << shift(i));
        }
        return Base64.getEncoder().encodeToString(octets);
    }

    static List<SegmentPresence> presence(String text) {
        byte[] octets = base64(text);
        if (octets.length == 0) {
            throw new IllegalArgumentException("no segment (expected: at least one)");
        }
        requireAtMost(ProbeMatch.V2.MAX_PRESENCE / PRESENCE_PER_BYTE, octets.length);
        List<SegmentPresence> presence = new ArrayList<>(octets.length * PRESENCE_PER_BYTE);
        for (int i = 0; i < octets.length * PRESENCE_PER_BYTE; i++) {
            presence.add(SegmentPresence.ofBits(octets[i / PRESENCE_PER_BYTE] >> shift(i) & 0b11));
        }
        return presence;
    }

    private static int shift(int index) {
        return 2 * (PRESENCE_PER_BYTE - 1 - index % PRESENCE_PER_BYTE);
    }

    static String ofBlockCounts(List<SegmentBlocks> held) {
        return held.stream()
                .map(each -> HEX.toHexDigits(each.blockCount(), COUNT_DIGITS))
                .collect(Collectors.joining());
    }

    /** One count for each of {@code ids}, in either width; which one it is shows from the length. */
    static List<SegmentBlocks> blockCounts(List<SegmentId> ids, String text) {
        String digits = withoutBlanks(text);
        int width = digits.length() == ids.size() * SHORT_COUNT_DIGITS ? SHORT_COUNT_DIGITS : COUNT_DIGITS;
        if (digits.length() != ids.size() * width) {
            throw new IllegalArgumentException(digits.length() + " digits for " + ids.size() + " segments (expected: "
                    + COUNT_DIGITS + " for each)");
        }
        List<SegmentBlocks> held = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            long count = HexFormat.fromHexDigitsToLong(digits, i * width, (i + 1) * width);
            requireAtMost(SegmentBlocks.MAX_BLOCKS, count);
            held.add(new SegmentBlocks(ids.get(i), (int) count));
        }
        return held;
    }

    static byte[] base64(String text) {
        return Base64.getDecoder().decode(withoutBlanks(text));
    }

    private static String withoutBlanks(String text) {
        StringBuilder rest = new StringBuilder(text.length());
        for (StringTokenizer tokens = new StringTokenizer(text); tokens.hasMoreTokens(); ) {
            rest.append(tokens.nextToken());
        }
        return rest.toString();
    }

    private static void requireAtMost(long max, long value) {
        if (value > max) {
            throw new IllegalArgumentException(value + " (expected: at most " + max + ")");
        }
    }
}
