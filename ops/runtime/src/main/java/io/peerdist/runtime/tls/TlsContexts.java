// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is negotiated, and by which implementation. */
final class TlsContexts {
    static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private static final Logger LOGGER = LoggerFactory.getLogger(TlsContexts.class);

    /**
     * With forward secrecy all of them. The last four are for clients that know no better with an RSA certificate: Windows 7
     * and Windows Server 2008 R2, the very ones that offer by version 1.0 of the protocol.
     */
    private static final List<String> CIPHER_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");

    private static final int CAUSES_MAX = 20; // a chain of causes may be a ring
    private static final int SESSIONS_MAX = 4_096;
    private static final Duration SESSION_AGE_MAX = Duration.ofHours(1);
    private static final String REJECT_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    private TlsContexts() {}

    /** BoringSSL where its library loads, else Java's own. Says which. */
    static SslProvider provider() {
        if (OpenSsl.isAvailable()) {
            LOGGER.info("TLS by {}", OpenSsl.versionString());
            return SslProvider.OPENSSL_REFCNT;
        }
        LOGGER.info(
                "TLS by Java {}, BoringSSL does not load: {}",
                Runtime.version(),
                firstCause(OpenSsl.unavailabilityCause()));
        return SslProvider.JDK;
    }

    /** What it all began with: the linker's words, not those of who asked it. */
    static String firstCause(@Nullable Throwable failure) {
        Throwable first = failure;
        for (int depth = 0; depth < CAUSES_MAX && first != null && first.getCause() != null; depth++) {
            first = first.getCause();
        }
        return String.valueOf(first);
    }

    /**
     * A context for servers. One of BoringSSL has native memory, which {@code ReferenceCountUtil.release} gives back when
     * the last connection is gone.
     */
    static SslContext of(KeyMaterial material, SslProvider preferred) {
        // With BoringSSL, Netty finds no key of this kind for any client, and every handshake fails.
        SslProvider provider = material.privateKey().getAlgorithm().startsWith("Ed") ? SslProvider.JDK : preferred;
        if (provider == SslProvider.JDK) {
            refuseRenegotiation();
        }
        ApplicationProtocolConfig http11 = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_1_1);
        try {
            return SslContextBuilder.forServer(
                            material.privateKey(), material.chain().toArray(X509Certificate[]::new))
                    .sslProvider(provider)
                    .protocols(VERSIONS)
                    .ciphers(CIPHER_SUITES, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(http11)
                    .sessionCacheSize(SESSIONS_MAX)
                    .sessionTimeout(SESSION_AGE_MAX.toSeconds())
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw PemFile.failure(material.source(), "cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    /** BoringSSL never renegotiates. Java reads this once, when the first of its TLS classes loads. */
    private static void refuseRenegotiation() {
        if (System.getProperty(REJECT_RENEGOTIATION) == null) {
            System.setProperty(REJECT_RENEGOTIATION, "true");
        }
    }
}
