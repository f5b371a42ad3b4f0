// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import io.peerdist.conformance.GoldenVector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class ManifestFuzzTest {
    /** Checking a signature makes large numbers, some 60 of them, whatever the page. */
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 4 << 20, 24);

    private static final BoundedDecoding PEM_DECODING =
            new BoundedDecoding(MalformedMessageException.class, 4 << 20, 64).ofText();

    private static final byte[] CONTEXT = "peerdist manifest v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final PrivateKey PRIVATE_KEY = privateKey();
    private static final PublicKey PUBLIC_KEY = ManifestKeys.publicKeyOf(PRIVATE_KEY);

    static Stream<byte[]> seeds() {
        FeedId feed = FeedId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        return Stream.of(
                ManifestCodec.encode(new ManifestPage(feed, 0, 0, 0, 1, List.of()), PRIVATE_KEY),
                ManifestCodec.encode(
                        new ManifestPage(feed, 7, 9, 12, 1_800_000_000, List.of(new byte[5], new byte[] {1})),
                        PRIVATE_KEY),
                ManifestKeys.publicKeyPem(PUBLIC_KEY).getBytes(StandardCharsets.ISO_8859_1),
                ManifestKeys.privateKeyPem(PRIVATE_KEY).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static PrivateKey privateKey() {
        byte[] octets = GoldenVector.load("manifest-private-key").octets();
        try {
            return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(octets));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) throws GeneralSecurityException {
        readPage(input);
        // No fuzzer forges a signature: what a page may hold is only reached from behind it.
        if (input.length >= ManifestCodec.MIN_PAGE_BYTES) {
            readPage(signed(input));
        }
        String text = new String(input, StandardCharsets.ISO_8859_1);
        PEM_DECODING
                .of(input.length, () -> ManifestKeys.readPublicKey(text))
                .ifPresent(key -> assertThat(ManifestKeys.readPublicKey(ManifestKeys.publicKeyPem(key)))
                        .isEqualTo(key));
        PEM_DECODING
                .of(input.length, () -> ManifestKeys.readPrivateKey(text))
                .ifPresent(key -> assertThat(ManifestKeys.readPrivateKey(ManifestKeys.privateKeyPem(key)))
                        .isEqualTo(key));
    }

    private static void readPage(byte[] octets) {
        DECODING.of(octets.length, () -> ManifestCodec.decode(ByteBuffer.wrap(octets), PUBLIC_KEY))
                .ifPresent(page -> {
                    assertThat(page.toString()).contains(page.feedId().toString());
                    byte[] written = ManifestCodec.encode(page, PRIVATE_KEY);
                    assertThat(written).isEqualTo(octets); // Ed25519 has one signature for each message and key
                });
    }

    private static byte[] signed(byte[] input) throws GeneralSecurityException {
        byte[] body = Arrays.copyOf(input, input.length - 64);
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(PRIVATE_KEY);
        ed25519.update(CONTEXT);
        ed25519.update(body);
        return ByteBuffer.allocate(input.length).put(body).put(ed25519.sign()).array();
    }
}
