// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.peerdist.runtime.config.ConfigurationSection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the certificate of a server comes from: PEM files, a PKCS#12 file, or, when neither is named, a self-signed
 * certificate that is made once.
 *
 * @param certificate PEM, the server's certificate first, then those that issued it
 * @param privateKey PEM; absent when the key stands in the file of the certificate
 * @param keyStore PKCS#12 with one private key and its chain
 * @param keyStorePasswordFile its first line is the password; absent for an empty password
 * @param selfSignedDirectory where the self-signed certificate is kept, and made if it is not there
 */
public record TlsSettings(
        Optional<Path> certificate,
        Optional<Path> privateKey,
        Optional<Path> keyStore,
        Optional<Path> keyStorePasswordFile,
        Path selfSignedDirectory) {
    public TlsSettings {
        if (certificate.isPresent() && keyStore.isPresent()) {
            throw new IllegalArgumentException(
                    "keyStore: " + keyStore.get() + " (expected: none, as there is a certificate)");
        }
        if (privateKey.isPresent() && certificate.isEmpty()) {
            throw new IllegalArgumentException("privateKey: " + privateKey.get() + " (expected: with a certificate)");
        }
        if (keyStorePasswordFile.isPresent() && keyStore.isEmpty()) {
            throw new IllegalArgumentException(
                    "keyStorePasswordFile: " + keyStorePasswordFile.get() + " (expected: with a key store)");
        }
    }

    /** Nothing configured: a self-signed certificate in {@code dataDirectory/tls}. */
    public static TlsSettings selfSigned(Path dataDirectory) {
        return new TlsSettings(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), dataDirectory.resolve("tls"));
    }

    /**
     * Reads the keys {@code certificate}, {@code key}, {@code key-store} and {@code key-store-password-file}; those that do
     * not go together are problems of the configuration. Files are not looked at yet.
     */
    public static TlsSettings read(ConfigurationSection tls, Path dataDirectory) {
        Optional<Path> certificate = tls.path("certificate");
        Optional<Path> privateKey = tls.path("key");
        Optional<Path> keyStore = tls.path("key-store");
        Optional<Path> passwordFile = tls.path("key-store-password-file");
        if (certificate.isPresent() && keyStore.isPresent()) {
            tls.problem("key-store", keyStore.get() + " (expected: either certificate or key-store)");
        } else if (privateKey.isPresent() && certificate.isEmpty()) {
            tls.problem("key", privateKey.get() + " (expected: together with certificate)");
        } else if (passwordFile.isPresent() && keyStore.isEmpty()) {
            tls.problem("key-store-password-file", passwordFile.get() + " (expected: together with key-store)");
        } else {
            return new TlsSettings(certificate, privateKey, keyStore, passwordFile, dataDirectory.resolve("tls"));
        }
        return selfSigned(dataDirectory);
    }

    boolean isSelfSigned() {
        return certificate.isEmpty() && keyStore.isEmpty();
    }

    /** The files that make up what the server shows; a change of one is a change of all. */
    List<Path> files() {
        if (isSelfSigned()) {
            return List.of(SelfSignedFiles.certificate(selfSignedDirectory), SelfSignedFiles.key(selfSignedDirectory));
        }
        return Stream.of(certificate, privateKey, keyStore, keyStorePasswordFile)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The files that hold the private key or what it is locked with. */
    Stream<Path> secretFiles() {
        if (isSelfSigned()) {
            return Stream.of(SelfSignedFiles.key(selfSignedDirectory));
        }
        return Stream.of(privateKey.or(() -> certificate), keyStore, keyStorePasswordFile)
                .flatMap(Optional::stream);
    }
}
