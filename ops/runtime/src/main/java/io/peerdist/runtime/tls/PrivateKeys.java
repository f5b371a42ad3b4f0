// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Private keys in the three forms that PEM files hold them in: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC 1 (RFC 5915). */
final class PrivateKeys {
    private static final String PKCS8 = "PRIVATE KEY";
    private static final String PKCS8_ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String SEC1 = "EC PRIVATE KEY";
    private static final List<String> LABELS = List.of(PKCS8, PKCS8_ENCRYPTED, PKCS1, SEC1);
    private static final byte[] RSA = Der.objectIdentifier("1.2.840.113549.1.1.1");
    private static final byte[] EC = Der.objectIdentifier("1.2.840.10045.2.1");
    private static final byte[] NULL = {5, 0};
    private static final Map<String, String> ALGORITHMS = Map.of(
            text(RSA), "RSA",
            text(EC), "EC",
            text(Der.objectIdentifier("1.3.101.112")), "Ed25519",
            text(Der.objectIdentifier("1.3.101.113")), "Ed448");

    private PrivateKeys() {}

    static boolean isKey(PemFile.Block block) {
        return LABELS.contains(block.label());
    }

    /** The one private key of {@code file}; the failure names the file and what to do. */
    static PrivateKey of(PemFile file) {
        List<PemFile.Block> keys =
                file.blocks().stream().filter(PrivateKeys::isKey).toList();
        if (keys.size() != 1) {
            throw PemFile.failure(file.path(), keys.size() + " private keys (expected: one)", null);
        }
        PemFile.Block block = keys.get(0);
        if (block.isEncrypted() || block.label().equals(PKCS8_ENCRYPTED)) {
            throw PemFile.failure(
                    file.path(),
                    "the private key is encrypted; \"openssl pkcs8 -topk8 -nocrypt -in " + file.path()
                            + " -out NEW\" makes one that is not, or put key and certificate into a PKCS#12 file"
                            + " (key-store) with a password file",
                    null);
        }
        try {
            return decode(file.path(), block);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw PemFile.failure(
                    file.path(),
                    "the private key cannot be read: " + e.getMessage() + "; \"openssl pkcs8 -topk8 -nocrypt -in "
                            + file.path() + " -out NEW\" makes one in the usual form",
                    e);
        }
    }

    private static PrivateKey decode(Path path, PemFile.Block block) throws GeneralSecurityException {
        byte[] pkcs8 = switch (block.label()) {
            case PKCS1 -> wrap(Der.sequence(RSA, NULL), block.octets());
            case SEC1 -> wrap(Der.sequence(EC, curve(block.octets())), block.octets());
            default -> block.octets();
        };
        String algorithm = ALGORITHMS.get(text(algorithm(pkcs8)));
        if (algorithm == null) {
            throw PemFile.failure(
                    path, "the private key is of a kind not known here (expected: RSA, EC or Ed25519)", null);
        }
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** RFC 5958 2: version, algorithm, key. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return Der.sequence(Der.integer(BigInteger.ZERO), algorithm, Der.octetString(key));
    }

    /** The algorithm's object identifier, whole element. */
    private static byte[] algorithm(byte[] pkcs8) {
        ByteBuffer info = Der.read(ByteBuffer.wrap(pkcs8), Der.SEQUENCE);
        Der.read(info, Der.INTEGER);
        ByteBuffer algorithm = Der.read(info, Der.SEQUENCE);
        return Der.element(Der.OBJECT_IDENTIFIER, Der.bytes(Der.read(algorithm, Der.OBJECT_IDENTIFIER)));
    }

    /** RFC 5915 3: version, key, [0] curve, [1] public key. PKCS#8 wants the curve outside. */
    private static byte[] curve(byte[] sec1) {
        ByteBuffer key = Der.read(ByteBuffer.wrap(sec1), Der.SEQUENCE);
        Der.read(key, Der.INTEGER);
        Der.read(key, Der.OCTET_STRING);
        if (!Der.isTagged(key, 0)) {
            throw new IllegalArgumentException("it does not name its curve");
        }
        return Der.bytes(Der.readTagged(key, 0));
    }

    private static String text(byte[] objectIdentifier) {
        return Arrays.toString(objectIdentifier);
    }

    /** PKCS#8 as PEM. */
    static String toPem(PrivateKey key) {
        return pem(PKCS8, key.getEncoded());
    }

    static String pem(String label, byte[] octets) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }
}
