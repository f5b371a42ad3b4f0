// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A private key and the certificates that are sent with it, the server's own first. The key is known to be that of the first
 * certificate.
 *
 * @param source the file that the certificates stand in
 */
record KeyMaterial(PrivateKey privateKey, List<X509Certificate> chain, Path source) {
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final byte[] PROBE = "peerdist".getBytes(StandardCharsets.US_ASCII);

    KeyMaterial {
        chain = List.copyOf(chain);
    }

    X509Certificate leaf() {
        return chain.get(0);
    }

    /** SHA-256 of the server's certificate, as browsers and openssl show it. */
    String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(leaf().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Reads what {@code settings} name, and checks that key and certificate belong together. */
    static KeyMaterial load(TlsSettings settings) {
        if (settings.keyStore().isPresent()) {
            return fromKeyStore(settings.keyStore().get(), settings.keyStorePasswordFile());
        }
        Path certificate = settings.certificate().orElse(SelfSignedFiles.certificate(settings.selfSignedDirectory()));
        Path key = settings.isSelfSigned()
                ? SelfSignedFiles.key(settings.selfSignedDirectory())
                : settings.privateKey().orElse(certificate);
        return fromPem(certificate, key);
    }

    private static KeyMaterial fromPem(Path certificateFile, Path keyFile) {
        PemFile certificates = PemFile.read(certificateFile);
        List<X509Certificate> chain = new ArrayList<>();
        for (PemFile.Block block : certificates.blocks()) {
            if (block.label().equals(CERTIFICATE)) {
                chain.add(certificate(certificateFile, block.octets()));
            }
        }
        if (chain.isEmpty()) {
            throw PemFile.failure(certificateFile, "holds no certificate", null);
        }
        PrivateKey key = PrivateKeys.of(keyFile.equals(certificateFile) ? certificates : PemFile.read(keyFile));
        return checked(key, chain, certificateFile, keyFile);
    }

    private static X509Certificate certificate(Path file, byte[] octets) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(octets));
        } catch (CertificateException e) {
            throw PemFile.failure(file, "a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyMaterial fromKeyStore(Path file, Optional<Path> passwordFile) {
        char[] password = passwordFile.map(KeyMaterial::password).orElse(new char[0]);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(PemFile.octets(file)), password);
            List<String> keys = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw PemFile.failure(file, keys.size() + " private keys (expected: one)", null);
            }
            Certificate[] chain = store.getCertificateChain(keys.get(0));
            if (chain == null || chain.length == 0) {
                throw PemFile.failure(file, "holds no certificate for its private key", null);
            }
            if (!(store.getKey(keys.get(0), password) instanceof PrivateKey key)) {
                throw PemFile.failure(file, "holds a secret key (expected: a private key)", null);
            }
            return checked(
                    key, Arrays.stream(chain).map(X509Certificate.class::cast).toList(), file, file);
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(file, passwordFile, e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(file, passwordFile, e);
            }
            throw PemFile.failure(file, "not a PKCS#12 file: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw PemFile.failure(file, "cannot be read: " + e.getMessage(), e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private static RuntimeException wrongPassword(Path file, Optional<Path> passwordFile, Exception cause) {
        String what = passwordFile
                .map(path -> "the password in " + path + " is not the one of this file")
                .orElse("it needs a password; name a file with it as key-store-password-file");
        return PemFile.failure(file, what, cause);
    }

    /** The first line. */
    private static char[] password(Path file) {
        String text = new String(PemFile.octets(file), StandardCharsets.UTF_8);
        String line = text.lines().findFirst().orElse("");
        if (!line.chars().allMatch(c -> c > 0 && c < 0x80)) {
            throw PemFile.failure(
                    file,
                    "has characters outside ASCII, which Java takes in no PKCS#12 password; choose another",
                    null);
        }
        return line.toCharArray();
    }

    private static KeyMaterial checked(PrivateKey key, List<X509Certificate> chain, Path chainFile, Path keyFile) {
        for (int i = 0; i < chain.size(); i++) {
            if (belongTogether(key, chain.get(i))) {
                if (i == 0) {
                    return new KeyMaterial(key, chain, chainFile);
                }
                throw PemFile.failure(
                        chainFile,
                        "the private key belongs to certificate " + (i + 1) + " of the file (expected: to the first);"
                                + " put the server's certificate first and those that issued it behind",
                        null);
            }
        }
        throw PemFile.failure(
                chainFile,
                "the certificate of " + chain.get(0).getSubjectX500Principal()
                        + " does not belong to the private key in " + keyFile
                        + "; name the pair that was made together",
                null);
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        try {
            Signature signature = Signature.getInstance(signatureAlgorithm(key));
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException otherKind) {
            return false;
        } catch (GeneralSecurityException e) {
            // A signature of another length or curve is no signature of this key.
            return false;
        }
    }

    private static String signatureAlgorithm(PrivateKey key) {
        return switch (key.getAlgorithm().toUpperCase(Locale.ROOT)) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    /** The key redacted. */
    @Override
    public String toString() {
        return leaf().getSubjectX500Principal() + " from " + source;
    }
}
