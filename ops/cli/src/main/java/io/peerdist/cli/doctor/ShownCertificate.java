// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows of itself in a TLS handshake.
 *
 * @param protocol {@code TLSv1.3}
 * @param leaf its own certificate
 * @param distrust why this machine does not trust it; null when it does
 */
record ShownCertificate(
        String protocol, X509Certificate leaf, @Nullable String distrust) {
    private static final Duration EXPIRES_SOON = Duration.ofDays(30);
    private static final int TYPE_DNS = 2;
    private static final int TYPE_ADDRESS = 7;

    /** Looks at every certificate, so that it can be told what is wrong with it; nothing is sent but the handshake. */
    private static final class Onlooker implements X509TrustManager {
        private final X509TrustManager system;
        private @Nullable String distrust;

        Onlooker(X509TrustManager system) {
            this.system = system;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            system.checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            try {
                system.checkServerTrusted(chain, type);
            } catch (CertificateException e) {
                distrust = String.valueOf(e.getMessage());
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return system.getAcceptedIssuers();
        }
    }

    /** Does a handshake; fails when there is no TLS. */
    static ShownCertificate of(InetSocketAddress address) throws IOException {
        int timeout = (int) HttpQuestion.TIMEOUT.toMillis();
        try (Socket plain = new Socket()) {
            Onlooker onlooker = new Onlooker(system());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {onlooker}, new SecureRandom());
            plain.connect(address, timeout);
            plain.setSoTimeout(timeout);
            try (SSLSocket socket = (SSLSocket)
                    context.getSocketFactory().createSocket(plain, address.getHostString(), address.getPort(), true)) {
                socket.startHandshake();
                return new ShownCertificate(
                        socket.getSession().getProtocol(),
                        (X509Certificate) socket.getSession().getPeerCertificates()[0],
                        onlooker.distrust);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no TLS: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager system() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("no trust manager");
    }

    /** What clients will say of it. */
    List<Finding> judge(String check, HostPort server, Instant now) {
        Instant end = leaf.getNotAfter().toInstant();
        String subject = "certificate of " + leaf.getSubjectX500Principal();
        if (now.isAfter(end)) {
            return List.of(Finding.problem(
                    check, subject + " has expired at " + end, "Put a new certificate in its place on that machine."));
        }
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            return List.of(Finding.problem(
                    check,
                    subject + " is not valid before " + leaf.getNotBefore().toInstant(),
                    "Look at the clocks of both machines: timedatectl."));
        }
        List<Finding> findings = new ArrayList<>();
        if (now.plus(EXPIRES_SOON).isAfter(end)) {
            findings.add(Finding.hint(
                    check,
                    subject + " expires at " + end,
                    "Put a new certificate in its place; the daemon takes it without a restart."));
        }
        if (!names(server.host())) {
            findings.add(Finding.hint(
                    check,
                    subject + " does not name " + server.host(),
                    "Clients of Windows refuse it: make one whose subjectAltName has the name that they call it by."));
        }
        if (distrust != null) {
            findings.add(Finding.hint(
                    check,
                    subject + " is not trusted by this machine: " + distrust,
                    "For clients to offer in version 1.0, add who issued it to their trusted authorities."));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(check, subject + " is valid until " + end + ", " + protocol))
                : findings;
    }

    private boolean names(String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        try {
            return Optional.ofNullable(leaf.getSubjectAlternativeNames()).stream()
                    .flatMap(Collection::stream)
                    .filter(name -> name.get(0) instanceof Integer type && (type == TYPE_DNS || type == TYPE_ADDRESS))
                    .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                    .anyMatch(name -> name.equals(wanted)
                            || (name.startsWith("*.")
                                    && wanted.indexOf('.') > 0
                                    && wanted.substring(wanted.indexOf('.')).equals(name.substring(1))));
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
