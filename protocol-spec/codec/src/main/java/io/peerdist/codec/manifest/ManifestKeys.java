// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.manifest;

import io.peerdist.codec.wire.MalformedMessageException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The Ed25519 keys of a manifest and their PEM form: PKCS #8 for the private one, SubjectPublicKeyInfo for the public one,
 * as {@code openssl genpkey -algorithm ed25519} and {@code openssl pkey -pubout} write them. Stateless and thread-safe.
 */
public final class ManifestKeys {
    /** The longest PEM text that is read; either key takes some 120 characters. */
    public static final int MAX_PEM_CHARACTERS = 8_192;

    private static final String PROTOCOL = "manifest";
    private static final String PRIVATE_LABEL = "PRIVATE KEY";
    private static final String PUBLIC_LABEL = "PUBLIC KEY";
    private static final int PEM_LINE_CHARACTERS = 64;

    private ManifestKeys() {}

    /** A new pair. */
    public static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key pair: Ed25519 (expected: in every Java platform since 15)", e);
        }
    }

    /** The private key's PEM text; as secret as the key. */
    public static String privateKeyPem(PrivateKey privateKey) {
        return pem(PRIVATE_LABEL, privateKey.getEncoded());
    }

    /** The public key's PEM text. */
    public static String publicKeyPem(PublicKey publicKey) {
        return pem(PUBLIC_LABEL, publicKey.getEncoded());
    }

    /** Reads a PEM text with one private key; throws {@link MalformedMessageException} for anything else. */
    public static PrivateKey readPrivateKey(String pem) {
        byte[] octets = octets(PRIVATE_LABEL, pem);
        try {
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(octets));
            Signature.getInstance("Ed25519").initSign(key);
            return key;
        } catch (GeneralSecurityException e) {
            throw malformed(PRIVATE_LABEL, "no key of Ed25519 in PKCS #8");
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** Reads a PEM text with one public key; throws {@link MalformedMessageException} for anything else. */
    public static PublicKey readPublicKey(String pem) {
        try {
            PublicKey key =
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(octets(PUBLIC_LABEL, pem)));
            Signature.getInstance("Ed25519").initVerify(key); // refuses what is no point of the curve
            return key;
        } catch (InvalidKeyException e) {
            throw malformed(PUBLIC_LABEL, "no point of the curve");
        } catch (GeneralSecurityException e) {
            throw malformed(PUBLIC_LABEL, "no key of Ed25519 in SubjectPublicKeyInfo");
        }
    }

    /**
     * The public key that belongs to {@code privateKey}, so that an administrator need only give the one file.
     *
     * @throws IllegalArgumentException for a key that is not of Ed25519 or does not show its octets
     */
    public static PublicKey publicKeyOf(PrivateKey privateKey) {
        if (!(privateKey instanceof EdECPrivateKey edwards)) {
            throw new IllegalArgumentException("private key: not of Ed25519");
        }
        byte[] seed = edwards.getBytes().orElseThrow(() -> new IllegalArgumentException("private key: not readable"));
        KeyPair pair = generate(new GivenOctets(seed));
        if (!(pair.getPublic() instanceof EdECPublicKey)
                || !Arrays.equals(pair.getPrivate().getEncoded(), privateKey.getEncoded())) {
            throw new IllegalStateException("public key: not derived by this Java platform's key pair generator");
        }
        return pair.getPublic();
    }

    private static String pem(String label, byte[] octets) {
        Base64.Encoder encoder = Base64.getMimeEncoder(PEM_LINE_CHARACTERS, new byte[] {'\n'});
        return "-----BEGIN " + label + "-----\n" + encoder.encodeToString(octets) + "\n-----END " + label + "-----\n";
    }

    /** Text in front of and behind the one block is allowed, as openssl writes it. */
    private static byte[] octets(String label, String pem) {
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        int from = pem.indexOf(begin);
        // Behind all of the first line: its dashes could be taken for those of the last.
        int to = from < 0 ? -1 : pem.indexOf(end, from + begin.length());
        if (pem.length() > MAX_PEM_CHARACTERS || from < 0 || to < 0 || pem.indexOf(begin, to) >= 0) {
            throw malformed(
                    label, "not one \"" + begin + "\" with its end, in at most " + MAX_PEM_CHARACTERS + " characters");
        }
        try {
            return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            throw malformed(label, "no base64 between its two lines");
        }
    }

    /** Never with the text, which may be a secret. */
    private static MalformedMessageException malformed(String label, String reason) {
        return new MalformedMessageException(PROTOCOL, "PEM " + label, 0, reason);
    }

    /**
     * The platform derives a public key only when it makes a pair, from the 32 octets it asks its source of randomness for;
     * this one gives those of the private key.
     */
    private static final class GivenOctets extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] given;

        GivenOctets(byte[] given) {
            this.given = given.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(given, 0, target, 0, Math.min(given.length, target.length));
        }
    }
}
