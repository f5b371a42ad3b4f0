// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A new key on P-256 and a certificate for a server that the key itself has signed (RFC 5280, version 3). Java reads
 * certificates but has no public way to write one.
 */
final class SelfSignedCertificate {
    /** Long enough that nobody is surprised by it soon; the time left is a metric. */
    static final Duration VALIDITY = Duration.ofDays(5 * 365 + 1);

    // Clients whose clock is behind shall take it at once.
    private static final Duration BACKDATED = Duration.ofDays(1);
    private static final int SERIAL_BITS = 126; // positive, and below the 20 octets of RFC 5280 4.1.2.2
    private static final int KEY_IDENTIFIER_BYTES = 20; // RFC 7093 2
    private static final int COMMON_NAME_MAX_CHARS = 64; // ub-common-name, RFC 5280 appendix A.1
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final BigInteger VERSION_3 = BigInteger.TWO;
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.objectIdentifier("1.2.840.10045.4.3.2"));

    private final KeyPair keys;
    private final byte[] certificate;

    private SelfSignedCertificate(KeyPair keys, byte[] certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    KeyPair keys() {
        return keys;
    }

    /** DER. */
    byte[] certificate() {
        return certificate.clone();
    }

    /** Makes key and certificate, valid for {@link #VALIDITY} from {@code now} for all of {@code names}. */
    static SelfSignedCertificate make(LocalNames names, Instant now, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair keys = generator.generateKeyPair();
            byte[] body = body(names, now, new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS), keys);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate(), random);
            signature.update(body);
            return new SelfSignedCertificate(
                    keys, Der.sequence(body, ECDSA_WITH_SHA256, Der.bitString(0, signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has ECDSA with SHA-256 on P-256", e);
        }
    }

    /** RFC 5280 4.1: TBSCertificate. */
    private static byte[] body(LocalNames names, Instant now, BigInteger serial, KeyPair keys)
            throws GeneralSecurityException {
        byte[] subject = subject(names.dnsNames().get(0));
        byte[] publicKey = keys.getPublic().getEncoded();
        return Der.sequence(
                Der.tagged(0, Der.integer(VERSION_3)),
                Der.integer(serial),
                ECDSA_WITH_SHA256,
                subject,
                Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(VALIDITY))),
                subject,
                publicKey,
                Der.tagged(3, extensions(names, publicKey)));
    }

    private static byte[] subject(String name) {
        String commonName = name.length() <= COMMON_NAME_MAX_CHARS ? name : "peerdist";
        byte[] attribute = Der.sequence(Der.objectIdentifier("2.5.4.3"), Der.utf8(commonName));
        return Der.sequence(Der.element(Der.SET, attribute));
    }

    private static byte[] extensions(LocalNames names, byte[] publicKey) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicKey);
        byte[] keyIdentifier = Arrays.copyOf(digest, KEY_IDENTIFIER_BYTES);
        byte[] digitalSignature = Der.bitString(7, new byte[] {(byte) 0x80});
        return Der.sequence(
                extension("2.5.29.19", true, Der.sequence()), // basicConstraints: no authority
                extension("2.5.29.15", true, digitalSignature), // keyUsage
                extension("2.5.29.37", false, Der.sequence(Der.objectIdentifier("1.3.6.1.5.5.7.3.1"))), // serverAuth
                extension("2.5.29.14", false, Der.octetString(keyIdentifier)), // subjectKeyIdentifier
                extension("2.5.29.17", false, alternativeNames(names)));
    }

    private static byte[] extension(String objectIdentifier, boolean critical, byte[] value) {
        byte[] identifier = Der.objectIdentifier(objectIdentifier);
        return critical
                ? Der.sequence(identifier, Der.bool(true), Der.octetString(value))
                : Der.sequence(identifier, Der.octetString(value));
    }

    /** RFC 5280 4.2.1.6. */
    private static byte[] alternativeNames(LocalNames names) {
        List<byte[]> elements = new ArrayList<>();
        names.dnsNames()
                .forEach(name -> elements.add(Der.taggedPrimitive(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII))));
        names.addresses().forEach(address -> elements.add(Der.taggedPrimitive(IP_ADDRESS, address.getAddress())));
        return Der.sequence(elements.toArray(byte[][]::new));
    }
}
