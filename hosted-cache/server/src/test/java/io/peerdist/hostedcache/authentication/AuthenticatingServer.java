// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import io.peerdist.runtime.tls.ServerTls;
import io.peerdist.runtime.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A listener on loopback that authenticates clients and remembers the requests that got through. */
final class AuthenticatingServer implements AutoCloseable {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> served = new CopyOnWriteArrayList<>();
    private final EventLoops loops = EventLoops.start("authenticating", 2);
    private final ClientAuthentication authentication;
    private final @Nullable ServerTls tls;
    private final HttpListener listener;

    AuthenticatingServer(AuthenticationSettings settings) {
        this(settings, null);
    }

    /** Over TLS when {@code certificates} are given. */
    AuthenticatingServer(AuthenticationSettings settings, @Nullable TlsSettings certificates) {
        Clock clock = Clock.system();
        tls = certificates == null ? null : ServerTls.start(certificates, clock, registry);
        authentication =
                ClientAuthentication.start(settings, clock::nanoTime, registry).orElseThrow();
        listener = HttpListener.bind(
                "test",
                HttpListenerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                tls,
                loops,
                clock,
                registry,
                pipeline -> pipeline.addLast(authentication.newHandler(), new Serving()));
    }

    @Sharable
    private final class Serving extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the client of the test sees what became of it
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            served.add(request.headers().names().toString().toLowerCase(Locale.ROOT));
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    Unpooled.wrappedBuffer("served".getBytes(StandardCharsets.US_ASCII))));
        }
    }

    /** The names of the header fields of each request that got through. */
    List<String> served() {
        return served;
    }

    InetSocketAddress address() {
        return listener.localAddress();
    }

    HttpExchange connect() throws IOException {
        return tls == null ? plain() : secured(tls.certificate());
    }

    private HttpExchange secured(X509Certificate certificate) throws IOException {
        try {
            return new HttpExchange(
                    TrustedCertificate.context(certificate)
                            .getSocketFactory()
                            .createSocket(address().getAddress(), address().getPort()),
                    "/offers");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpExchange plain() throws IOException {
        return new HttpExchange(new Socket(address().getAddress(), address().getPort()), "/offers");
    }

    double count(String result) {
        return registry.get("peerdist_client_authentication")
                .tag("result", result)
                .counter()
                .count();
    }

    @Override
    public void close() {
        listener.close();
        authentication.close();
        if (tls != null) {
            tls.close();
        }
        loops.close();
    }
}
