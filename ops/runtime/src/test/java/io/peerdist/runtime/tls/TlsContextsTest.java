// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TlsContextsTest {
    @Test
    void prefersBoringSslWhereItLoads() {
        assertThat(TlsContexts.provider())
                .isEqualTo(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK);
    }

    @Test
    void showsWhatAFailureBeganWith() {
        Throwable linker = new UnsatisfiedLinkError("/tmp is mounted noexec");

        assertThat(TlsContexts.firstCause(
                        new ExceptionInInitializerError(new IllegalStateException("wrapped", linker))))
                .isEqualTo("java.lang.UnsatisfiedLinkError: /tmp is mounted noexec");
        assertThat(TlsContexts.firstCause(linker)).contains("noexec");
        assertThat(TlsContexts.firstCause(null)).isEqualTo("null");
    }

    @Test
    void survivesCausesThatGoRound() {
        Exception first = new IllegalStateException("first");
        Exception second = new IllegalStateException("second", first);
        first.initCause(second);

        assertThat(TlsContexts.firstCause(first)).contains("IllegalStateException");
    }

    @ParameterizedTest
    @MethodSource("io.peerdist.runtime.tls.TestCertificates#providers")
    void offersNoSuiteWithoutForwardSecrecy(String provider) throws Exception {
        X509Bundle leaf = new TestCertificates().leaf("server", Algorithm.ecp256);
        SslContext context = TlsContexts.of(
                new KeyMaterial(
                        leaf.getKeyPair().getPrivate(), List.of(leaf.getCertificatePath()), Path.of("chain.pem")),
                SslProvider.valueOf(provider));

        assertThat(context.isServer()).isTrue();
        assertThat(context.applicationProtocolNegotiator().protocols()).containsExactly("http/1.1");
        assertThat(context.cipherSuites())
                .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                .allMatch(suite -> suite.matches("TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*"));
        ReferenceCountUtil.release(context);
    }
}
