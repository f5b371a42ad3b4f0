// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes and reads signed {@link ManifestPage pages}. Big-endian:
 *
 * <pre>
 * 4 magic "PDMF"   2 version, 1   2 reserved, 0   16 feed id   8 after   8 next   8 head   8 issued   4 entry count
 * per entry: 4 length   n content information
 * 64 signature: Ed25519 over ASCII "peerdist manifest v1" and a zero octet, then all octets before the signature
 * </pre>
 *
 * Stateless and thread-safe. The whole page is read only after its signature was found right.
 */
public final class ManifestCodec {
    /** The path a publisher serves pages on. */
    public static final String PATH = "/manifest/v1";

    /** The longest page, 4 MiB. */
    public static final int MAX_PAGE_BYTES = 4 * 1024 * 1024;

    /** The longest entry, 1 MiB; longer content information is cut by {@code ContentInformation.forRange}. */
    public static final int MAX_ENTRY_BYTES = 1024 * 1024;

    /** The most entries in one page. */
    public static final int MAX_ENTRIES = 65_536;

    /** Octets of a page without entries, the shortest there is. */
    public static final int MIN_PAGE_BYTES = 60 + 64;

    /** Octets in front of each entry. */
    public static final int ENTRY_LENGTH_BYTES = Integer.BYTES;

    private static final String PROTOCOL = "manifest";
    private static final int MAGIC = 0x50444D46; // "PDMF"
    private static final int VERSION = 1;
    private static final int SIGNATURE_BYTES = 64;
    private static final int MAGIC_AND_VERSION_BYTES = 8;
    private static final byte[] CONTEXT = "peerdist manifest v1\0".getBytes(StandardCharsets.US_ASCII);

    private ManifestCodec() {}

    /** How long {@link #encode} of these entries is, in octets. */
    public static long encodedBytes(List<byte[]> entries) {
        long bytes = MIN_PAGE_BYTES;
        for (byte[] entry : entries) {
            bytes += ENTRY_LENGTH_BYTES + entry.length;
        }
        return bytes;
    }

    /**
     * The page's octets, signed.
     *
     * @throws IllegalArgumentException when the page would be longer than {@link #MAX_PAGE_BYTES}, or for a key that is not
     *     of Ed25519
     */
    public static byte[] encode(ManifestPage page, PrivateKey signingKey) {
        long bytes = encodedBytes(page.entries());
        if (bytes > MAX_PAGE_BYTES) {
            throw new IllegalArgumentException("page bytes: " + bytes + " (expected: at most " + MAX_PAGE_BYTES + ")");
        }
        ByteBuffer out = ByteBuffer.allocate((int) bytes);
        out.putInt(MAGIC).putShort((short) VERSION).putShort((short) 0);
        page.feedId().writeTo(out);
        out.putLong(page.after()).putLong(page.next()).putLong(page.head()).putLong(page.issuedSeconds());
        out.putInt(page.entries().size());
        for (byte[] entry : page.entries()) {
            out.putInt(entry.length).put(entry);
        }
        out.put(sign(out.duplicate().flip(), signingKey));
        return out.array();
    }

    /**
     * Reads what remains in {@code input}, without moving its position.
     *
     * @throws MalformedMessageException when it breaks the format, or its signature (the field {@code signature}) is not of
     *     {@code publicKey}
     * @throws IllegalArgumentException for a key that is not of Ed25519
     */
    public static ManifestPage decode(ByteBuffer input, PublicKey publicKey) {
        WireReader in = new WireReader(PROTOCOL, input, ByteOrder.BIG_ENDIAN);
        int bytes = in.remaining();
        if (bytes < MIN_PAGE_BYTES || bytes > MAX_PAGE_BYTES) {
            throw in.malformed(
                    "page", 0, bytes + " octets (expected: " + MIN_PAGE_BYTES + " to " + MAX_PAGE_BYTES + ")");
        }
        long magic = in.u32("magic");
        if (magic != MAGIC) {
            throw in.malformed("magic", 0, "0x" + Long.toHexString(magic) + " (expected: 0x50444d46)");
        }
        int version = in.u16("version");
        if (version != VERSION) {
            throw in.malformed("version", Integer.BYTES, version + " (expected: " + VERSION + ")");
        }
        int bodyBytes = bytes - SIGNATURE_BYTES;
        ByteBuffer body = input.slice(input.position(), bodyBytes);
        byte[] signature = new byte[SIGNATURE_BYTES];
        input.get(input.position() + bodyBytes, signature);
        if (!verifies(body.duplicate(), signature, publicKey)) {
            throw in.malformed(
                    "signature", bodyBytes, "not of the given public key (expected: Ed25519 of the publisher)");
        }
        return readBody(body);
    }

    private static ManifestPage readBody(ByteBuffer body) {
        WireReader in = new WireReader(PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        in.skip("version", MAGIC_AND_VERSION_BYTES - Short.BYTES);
        int reserved = in.u16("reserved");
        if (reserved != 0) {
            throw in.malformed("reserved", MAGIC_AND_VERSION_BYTES - Short.BYTES, reserved + " (expected: 0)");
        }
        FeedId feedId = FeedId.of(in.octets("feed id", FeedId.BYTES));
        int afterAt = in.offset();
        long after = in.u63("after");
        long next = in.u63("next");
        long head = in.u63("head");
        long issued = in.u63("issued");
        List<byte[]> entries = readEntries(in);
        try {
            return new ManifestPage(feedId, after, next, head, issued, entries);
        } catch (IllegalArgumentException e) {
            throw in.malformed("after, next, head, entry count", afterAt, String.valueOf(e.getMessage()));
        }
    }

    private static List<byte[]> readEntries(WireReader in) {
        int countAt = in.offset();
        int count = in.u32("entry count", 0, MAX_ENTRIES);
        if (count > in.remaining() / (ENTRY_LENGTH_BYTES + 1)) {
            throw in.malformed(
                    "entry count",
                    countAt,
                    count + " (expected: at most " + in.remaining() / (ENTRY_LENGTH_BYTES + 1) + ", for the "
                            + in.remaining() + " octets that follow)");
        }
        List<byte[]> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(in.octets("entry", in.u32("entry length", 1, MAX_ENTRY_BYTES)));
        }
        in.end("entries");
        return entries;
    }

    private static byte[] sign(ByteBuffer body, PrivateKey signingKey) {
        Signature ed25519 = ed25519();
        try {
            ed25519.initSign(signingKey);
            ed25519.update(CONTEXT);
            ed25519.update(body);
            return ed25519.sign();
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("signing key: unusable (expected: a private key of Ed25519)", e);
        } catch (SignatureException e) {
            throw new IllegalStateException("signing a manifest page failed", e);
        }
    }

    private static boolean verifies(ByteBuffer body, byte[] signature, PublicKey publicKey) {
        Signature ed25519 = ed25519();
        try {
            ed25519.initVerify(publicKey);
            ed25519.update(CONTEXT);
            ed25519.update(body);
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("public key: unusable (expected: a public key of Ed25519)", e);
        } catch (SignatureException e) {
            throw new IllegalStateException("reading a manifest page for its signature failed", e);
        }
        try {
            return ed25519.verify(signature);
        } catch (SignatureException e) {
            return false; // no point of the curve, or a number beyond its order
        }
    }

    private static Signature ed25519() {
        try {
            return Signature.getInstance("Ed25519");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("signature: Ed25519 (expected: in every Java platform since 15)", e);
        }
    }
}
