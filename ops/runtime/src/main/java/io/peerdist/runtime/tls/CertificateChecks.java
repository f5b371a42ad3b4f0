// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What clients will object to in a certificate that can be used all the same. */
final class CertificateChecks {
    /** How long before the end it is spoken of. */
    static final Duration EXPIRES_SOON = Duration.ofDays(30);

    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USAGE = "2.5.29.37.0";

    /** How a certificate stands in time. */
    enum Validity {
        NOT_YET,
        VALID,
        EXPIRES_SOON,
        EXPIRED
    }

    private CertificateChecks() {}

    static Validity validity(X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isAfter(end)) {
            return Validity.EXPIRED;
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Validity.NOT_YET;
        }
        return now.plus(EXPIRES_SOON).isAfter(end) ? Validity.EXPIRES_SOON : Validity.VALID;
    }

    /** A sentence about a certificate that is not, or not much longer, valid. */
    static String sentence(Validity validity, X509Certificate certificate) {
        return switch (validity) {
            case VALID -> "is valid until " + certificate.getNotAfter().toInstant();
            case NOT_YET ->
                "is not valid before " + certificate.getNotBefore().toInstant()
                        + "; clients refuse it, check the clock of this machine";
            case EXPIRES_SOON -> "expires at " + certificate.getNotAfter().toInstant() + "; put a new one in its place";
            case EXPIRED ->
                "has expired at " + certificate.getNotAfter().toInstant()
                        + "; clients refuse it, put a new one in its place";
        };
    }

    /** Sentences about everything but time. */
    static List<String> warnings(KeyMaterial material) {
        List<String> warnings = new ArrayList<>();
        X509Certificate leaf = material.leaf();
        try {
            List<String> usages = leaf.getExtendedKeyUsage();
            if (usages != null && !usages.contains(SERVER_AUTH) && !usages.contains(ANY_USAGE)) {
                warnings.add("is not for servers (no serverAuth in extendedKeyUsage); clients refuse it");
            }
            if (leaf.getSubjectAlternativeNames() == null) {
                warnings.add("has no subjectAltName; clients that check the server's name refuse it");
            }
        } catch (CertificateParsingException e) {
            warnings.add("has an extension that cannot be read: " + e.getMessage());
        }
        for (int i = 0; i + 1 < material.chain().size(); i++) {
            X509Certificate issued = material.chain().get(i);
            X509Certificate issuer = material.chain().get(i + 1);
            if (!issued.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                warnings.add("is followed by a certificate out of order: " + issued.getSubjectX500Principal()
                        + " was not issued by " + issuer.getSubjectX500Principal() + "; clients may refuse it");
            }
        }
        return warnings;
    }

    /** Whether every user of this machine may read {@code file}. */
    static boolean isReadableByAll(Path file) {
        try {
            return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            // It was read a moment ago; whoever replaces it now causes another look soon.
            return false;
        }
    }
}
