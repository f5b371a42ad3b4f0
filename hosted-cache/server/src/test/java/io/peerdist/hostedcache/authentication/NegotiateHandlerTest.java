// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.hostedcache.authentication.SecurityContext.Established;
import io.peerdist.hostedcache.authentication.SecurityContext.Incomplete;
import io.peerdist.hostedcache.authentication.SecurityContext.Refused;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NegotiateHandlerTest {
    private static final String FIRST = "Negotiate YAAA";
    private static final Established PC1 = new Established("PC1$@R", "HTTP/c@R", "cHJvb2Y=");

    private final ScriptedContext.Source contexts = new ScriptedContext.Source();
    private final Deque<Runnable> work = new ArrayDeque<>();
    private boolean full;
    private final EmbeddedChannel channel = new EmbeddedChannel(new NegotiateHandler(
            connection -> new NegotiateSession(
                    connection,
                    AuthenticationSettings.domain(Path.of("k")),
                    contexts,
                    new AuthenticationMetrics(new SimpleMeterRegistry()),
                    new AuthenticationLog(() -> 0)),
            this::execute,
            () -> 0));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        assertThat(contexts.open()).isZero();
    }

    @Test
    void answersWithoutATicketItself() {
        FullHttpRequest request = request();

        channel.writeInbound(request);

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status()).isEqualTo(HttpResponseStatus.UNAUTHORIZED);
        assertThat(response.headers().get(HttpHeaderNames.WWW_AUTHENTICATE)).isEqualTo("Negotiate");
        assertThat(response.headers().getInt(HttpHeaderNames.CONTENT_LENGTH)).isZero();
        assertThat(response.headers().get(HttpHeaderNames.CONNECTION)).isNull();
        assertThat(request.refCnt()).isZero();
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void passesTheRequestOnWithoutTheTicketAndTheProofBack() {
        contexts.then(PC1);
        FullHttpRequest request = request(FIRST);
        channel.writeInbound(request);
        assertThat(channel.inboundMessages()).isEmpty();

        runWork();

        FullHttpRequest passed = channel.readInbound();
        assertThat(passed).isSameAs(request);
        assertThat(passed.headers().contains(HttpHeaderNames.AUTHORIZATION)).isFalse();
        assertThat(answer(HttpResponseStatus.CONTINUE)).isNull();
        assertThat(answer(HttpResponseStatus.OK)).isEqualTo("Negotiate cHJvb2Y=");
        assertThat(answer(HttpResponseStatus.OK)).isNull();
        passed.release();
    }

    @Test
    void sendsWhatTheClientNeedsToGoOn() {
        contexts.then(new Incomplete("bW9yZQ=="));
        FullHttpRequest request = request(FIRST);
        channel.writeInbound(request);

        runWork();

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status()).isEqualTo(HttpResponseStatus.UNAUTHORIZED);
        assertThat(response.headers().getAll(HttpHeaderNames.WWW_AUTHENTICATE)).containsExactly("Negotiate bW9yZQ==");
        assertThat(request.refCnt()).isZero();
    }

    @Test
    void saysWhenToComeAgainWhenThereIsNoRoom() {
        full = true;
        FullHttpRequest request = request(FIRST);

        channel.writeInbound(request);

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status()).isEqualTo(HttpResponseStatus.SERVICE_UNAVAILABLE);
        assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("5");
        assertThat(response.headers().get(HttpHeaderNames.CONNECTION)).isEqualTo("close");
        assertThat(request.refCnt()).isZero();
    }

    @Test
    void letsGoOfARequestWhoseClientLeaves() {
        contexts.then(PC1);
        FullHttpRequest request = request(FIRST);
        channel.writeInbound(request);

        channel.close().syncUninterruptibly();

        assertThat(request.refCnt()).isZero();
        assertThat(contexts.open()).isEqualTo(1); // a worker may be using it
        runWork();
        assertThat(contexts.open()).isZero();
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void closesAfterTooManyFailures() {
        for (int i = 0; i < NegotiateSession.MAX_FAILURES; i++) {
            contexts.then(new Refused("expired"));
            channel.writeInbound(request(FIRST));
            runWork();
        }

        for (int i = 1; i < NegotiateSession.MAX_FAILURES; i++) {
            FullHttpResponse response = channel.readOutbound();
            assertThat(response.headers().get(HttpHeaderNames.CONNECTION)).isNull();
        }
        FullHttpResponse last = channel.readOutbound();
        assertThat(last.headers().get(HttpHeaderNames.CONNECTION)).isEqualTo("close");
    }

    @Test
    void leavesOtherMessagesAlone() {
        channel.writeInbound("message");

        assertThat(channel.inboundMessages()).containsExactly("message");
    }

    /** Writes a response as a later handler does, and tells what it says of authentication. */
    private @Nullable String answer(HttpResponseStatus status) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
        FullHttpResponse written = channel.readOutbound();
        return written.headers().get(HttpHeaderNames.WWW_AUTHENTICATE);
    }

    private void execute(Runnable task) {
        if (full) {
            throw new RejectedExecutionException("full");
        }
        work.add(task);
    }

    private void runWork() {
        while (!work.isEmpty()) {
            work.remove().run();
        }
        channel.runPendingTasks();
    }

    private static FullHttpRequest request(String... authorizations) {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.buffer().writeInt(1));
        request.headers().set(HttpHeaderNames.AUTHORIZATION, List.of(authorizations));
        return request;
    }
}
