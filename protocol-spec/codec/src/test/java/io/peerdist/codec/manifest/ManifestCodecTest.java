// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestCodecTest {
    private static final int RESERVED_AT = 6;
    private static final int AFTER_AT = 24;
    private static final int NEXT_AT = 32;
    private static final int HEAD_AT = 40;
    private static final int ISSUED_AT = 48;
    private static final int COUNT_AT = 56;
    private static final int FIRST_LENGTH_AT = 60;
    private static final int SIGNATURE_BYTES = 64;
    private static final FeedId FEED = FeedId.ofHex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");

    private final byte[] golden = GoldenVector.load("manifest-page").octets();
    private final PrivateKey privateKey = privateKey();
    private final PublicKey publicKey = publicKey();

    @Test
    void readsThePageThatOpensslSigned() {
        ManifestPage page = ManifestCodec.decode(ByteBuffer.wrap(golden), publicKey);

        assertThat(page.feedId()).isEqualTo(FEED);
        assertThat(page.after()).isEqualTo(7);
        assertThat(page.next()).isEqualTo(9);
        assertThat(page.head()).isEqualTo(10);
        assertThat(page.hasMore()).isTrue();
        assertThat(page.issuedSeconds()).isEqualTo(1_790_000_000L);
        assertThat(page.entries())
                .containsExactly(
                        GoldenVector.load("pccrc-3.1").octets(),
                        GoldenVector.load("pccrc-3.6").octets());
        assertThat(ContentInformation.decode(ByteBuffer.wrap(page.entries().get(1)))
                        .segments())
                .hasSize(3);
    }

    @Test
    void writesTheOctetsThatOpensslSigned() {
        ManifestPage page = page(
                7,
                9,
                10,
                List.of(
                        GoldenVector.load("pccrc-3.1").octets(),
                        GoldenVector.load("pccrc-3.6").octets()));

        assertThat(ManifestCodec.encode(page, privateKey)).isEqualTo(golden);
        assertThat(ManifestCodec.encodedBytes(page.entries())).isEqualTo(golden.length);
    }

    @Test
    void readsEmptyPageOfOneWhoHasEverything() {
        ManifestPage page = page(10, 10, 10, List.of());
        byte[] octets = ManifestCodec.encode(page, privateKey);

        assertThat(octets).hasSize(ManifestCodec.MIN_PAGE_BYTES);
        assertThat(ManifestCodec.decode(ByteBuffer.wrap(octets), publicKey)).isEqualTo(page);
        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void readsAtAnyPositionOfBufferAndLeavesItThere() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(golden.length + 20)
                .position(7)
                .put(golden)
                .flip();
        buffer.position(7);

        assertThat(ManifestCodec.decode(buffer, publicKey).next()).isEqualTo(9);
        assertThat(buffer.position()).isEqualTo(7);
    }

    @Test
    void refusesEveryShorterPage() {
        DecoderChecks.truncationAtEveryLength(golden, MalformedMessageException.class, this::decode);
    }

    @Test
    void refusesOctetsBehindTheEnd() {
        DecoderChecks.trailingOctets(golden, MalformedMessageException.class, this::decode);
    }

    @Test
    void refusesEveryFlippedBit() {
        assertThat(DecoderChecks.bitFlips(golden, MalformedMessageException.class, this::decode))
                .isZero();
    }

    @Test
    void refusesEveryShorterBodyThatIsWellSigned() {
        byte[] body = body();
        for (int length = 0; length < body.length; length++) {
            byte[] page = signed(Arrays.copyOf(body, length));
            assertThatThrownBy(() -> decode(ByteBuffer.wrap(page)))
                    .as("body of %s octets", length)
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void readsOrRefusesEveryFlippedBitThatIsWellSigned() {
        // a flip in the feed id, the numbers, the time or an entry may make another valid page
        assertThat(DecoderChecks.bitFlips(
                        body(), MalformedMessageException.class, body -> decode(ByteBuffer.wrap(signed(octets(body))))))
                .isPositive();
    }

    @Test
    void refusesTheSignatureOfAnotherKey() {
        KeyPair other = ManifestKeys.generate(new SecureRandom());
        byte[] octets = ManifestCodec.encode(page(0, 0, 0, List.of()), other.getPrivate());

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(octets)))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.field()).isEqualTo("signature"));
    }

    @Test
    void refusesSignatureOverAnotherContext() throws GeneralSecurityException {
        byte[] body = body();
        byte[] page = concatenated(body, rawSignature(body));

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(page)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "ff"})
    void refusesSignatureThatIsNoPoint(String octet) {
        byte[] page = concatenated(body(), Hex.parse(octet.repeat(SIGNATURE_BYTES)));

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(page)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("signature");
    }

    @ParameterizedTest
    @CsvSource({
        "'<html>', magic",
        "PDMG, magic",
    })
    void saysWhenWhatCameIsNoPage(String beginning, String field) {
        byte[] octets = new byte[200];
        byte[] start = beginning.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, octets, 0, start.length);

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(octets)))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.field()).isEqualTo(field));
    }

    @Test
    void refusesAnotherVersionBeforeTheSignature() {
        byte[] octets = golden.clone();
        octets[5] = 2;

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(octets)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("version at offset 4: 2 (expected: 1)");
    }

    @Test
    void refusesReservedOctetsThatAreNotZero() {
        byte[] body = body();
        body[RESERVED_AT + 1] = 1;

        assertRefused(body, "reserved");
    }

    @ParameterizedTest
    @CsvSource({
        "24, -1", // after beyond 2^63
        "32, -1", "40, -1", "48, -1", "24, 10", // after behind next
        "24, 9", // entries, but no step
        "24, 8", // two entries in a step of one
        "32, 11", // next behind head
        "40, 8", // head before next
    })
    void refusesNumbersThatContradictEachOther(int at, long value) {
        byte[] body = body();
        ByteBuffer.wrap(body).putLong(at, value);

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(signed(body)))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesPageThatWouldBeAskedForAgainForever() {
        ByteBuffer body = ByteBuffer.allocate(FIRST_LENGTH_AT);
        body.put(golden, 0, FIRST_LENGTH_AT).putInt(COUNT_AT, 0);
        body.putLong(AFTER_AT, 7).putLong(NEXT_AT, 7).putLong(HEAD_AT, 8).putLong(ISSUED_AT, 1);

        assertRefused(body.array(), "after, next, head, entry count");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 65_537, 65_536, 1_000, 3})
    void refusesEntryCountThatThePageDoesNotHold(int count) {
        byte[] body = body();
        ByteBuffer.wrap(body)
                .putInt(COUNT_AT, count)
                .putLong(NEXT_AT, 1_000_000)
                .putLong(HEAD_AT, 1_000_000);

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(signed(body)))).isInstanceOf(MalformedMessageException.class);
        DecoderChecks.refusesWithoutAllocating(500_000, signed(body), MalformedMessageException.class, this::decode);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MAX_VALUE, 1_048_577, 1_048_576})
    void refusesEntryLengthThatThePageDoesNotHold(int length) {
        byte[] body = body();
        ByteBuffer.wrap(body).putInt(FIRST_LENGTH_AT, length);

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(signed(body)))).isInstanceOf(MalformedMessageException.class);
        DecoderChecks.refusesWithoutAllocating(500_000, signed(body), MalformedMessageException.class, this::decode);
    }

    @Test
    void refusesFewerEntriesThanThereAreOctets() {
        byte[] body = body();
        ByteBuffer.wrap(body).putInt(COUNT_AT, 1);

        assertRefused(body, "entries");
    }

    @Test
    void readsAndWritesTheLongestPageAndNoLonger() {
        byte[] entry = new byte[ManifestCodec.MAX_ENTRY_BYTES];
        byte[] rest = new byte
                [ManifestCodec.MAX_ENTRY_BYTES - ManifestCodec.MIN_PAGE_BYTES - 4 * ManifestCodec.ENTRY_LENGTH_BYTES];
        ManifestPage longest = page(0, 4, 4, List.of(entry, entry, entry, rest));

        byte[] octets = ManifestCodec.encode(longest, privateKey);

        assertThat(octets).hasSize(ManifestCodec.MAX_PAGE_BYTES);
        assertThat(ManifestCodec.decode(ByteBuffer.wrap(octets), publicKey)).isEqualTo(longest);
        ManifestPage longer = page(0, 5, 5, List.of(entry, entry, entry, rest, new byte[1]));
        assertThatThrownBy(() -> ManifestCodec.encode(longer, privateKey))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("page bytes");
        assertThatThrownBy(() -> decode(ByteBuffer.allocate(ManifestCodec.MAX_PAGE_BYTES + 1)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("4194305 octets");
    }

    @Test
    void readsTheGreatestNumberOfEntriesAndNoMore() {
        List<byte[]> entries = Collections.nCopies(ManifestCodec.MAX_ENTRIES, new byte[1]);
        byte[] octets = ManifestCodec.encode(page(0, 70_000, 70_000, entries), privateKey);

        assertThat(ManifestCodec.decode(ByteBuffer.wrap(octets), publicKey).entries())
                .hasSize(ManifestCodec.MAX_ENTRIES);
        List<byte[]> more = Collections.nCopies(ManifestCodec.MAX_ENTRIES + 1, new byte[1]);
        assertThatThrownBy(() -> page(0, 70_000, 70_000, more))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entry count: 65537");
    }

    @Test
    void refusesEntryThatIsEmptyOrTooLong() {
        assertThatThrownBy(() -> page(0, 1, 1, List.of(new byte[0]))).hasMessageContaining("entry bytes: 0");
        assertThatThrownBy(() -> page(0, 1, 1, List.of(new byte[ManifestCodec.MAX_ENTRY_BYTES + 1])))
                .hasMessageContaining("entry bytes: 1048577");
    }

    @Test
    void keepsSecretsOutOfItsText() {
        assertThat(ManifestCodec.decode(ByteBuffer.wrap(golden), publicKey))
                .hasToString("ManifestPage[feed a0a1a2a3a4a5a6a7a8a9aaabacadaeaf, 2 entries after 7 to 9 of 10,"
                        + " issued 1790000000]");
    }

    @Test
    void takesOnlyKeysOfEd25519() throws GeneralSecurityException {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();

        assertThatThrownBy(() -> ManifestCodec.decode(ByteBuffer.wrap(golden), rsa.getPublic()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ManifestCodec.encode(page(0, 0, 0, List.of()), rsa.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void feedIdIsSixteenOctets() {
        assertThat(FeedId.ofHex("A0A1A2A3A4A5A6A7A8A9AAABACADAEAF")).isEqualTo(FEED);
        assertThat(FeedId.NONE).hasToString("0".repeat(32));
        for (int length : new int[] {0, 15, 17}) {
            assertThatThrownBy(() -> FeedId.of(Gen.ofSeed(1).bytes(length)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("feed id length: " + length);
        }
    }

    private static ManifestPage page(long after, long next, long head, List<byte[]> entries) {
        return new ManifestPage(FEED, after, next, head, 1_790_000_000L, entries);
    }

    private void decode(ByteBuffer input) {
        assertThat(ManifestCodec.decode(input, publicKey)).isNotNull();
    }

    private void assertRefused(byte[] body, String field) {
        assertThatThrownBy(() -> decode(ByteBuffer.wrap(signed(body))))
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.field()).isEqualTo(field));
    }

    private byte[] body() {
        return Arrays.copyOf(golden, golden.length - SIGNATURE_BYTES);
    }

    private byte[] signed(byte[] body) {
        byte[] context = "peerdist manifest v1\0".getBytes(StandardCharsets.US_ASCII);
        try {
            return concatenated(body, rawSignature(concatenated(context, body)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] rawSignature(byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(privateKey);
        signature.update(message);
        return signature.sign();
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.remaining()];
        buffer.duplicate().get(octets);
        return octets;
    }

    private static PrivateKey privateKey() {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(
                            GoldenVector.load("manifest-private-key").octets()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static PublicKey publicKey() {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(
                            GoldenVector.load("manifest-public-key").octets()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
