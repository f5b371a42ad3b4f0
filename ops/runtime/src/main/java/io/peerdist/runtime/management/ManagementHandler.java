// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers on the management port; everything but health is made on worker threads. */
// A write that fails closes the channel: the listener sees to it.
@SuppressWarnings("FutureReturnValueIgnored")
final class ManagementHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOGGER = LoggerFactory.getLogger(ManagementHandler.class);
    private static final String JSON = "application/json";
    private static final String HTML = "text/html; charset=utf-8";

    private final ManagementContent content;
    private final PrometheusMeterRegistry registry;
    private final Executor workers;

    ManagementHandler(ManagementContent content, PrometheusMeterRegistry registry, Executor workers) {
        this.content = content;
        this.registry = registry;
        this.workers = workers;
    }

    private record Answer(int status, String contentType, String text, String allow) {
        static Answer json(int status, String json) {
            return new Answer(status, JSON, json + "\n", "");
        }

        static Answer of(ApiResponse response) {
            return json(response.status(), response.json());
        }

        static Answer notAllowed(Set<String> methods) {
            String allow = String.join(", ", methods);
            return new Answer(
                    405, JSON, ApiResponse.error(405, "allowed: " + allow).json() + "\n", allow);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!BrowserGuard.allows(request, ctx.channel().localAddress())) {
            send(ctx, Answer.of(ApiResponse.error(403, "refused: asked by a web page of another site")));
            return;
        }
        ApiRequest question;
        try {
            question = question(request, BrowserGuard.isLoopback(ctx.channel().remoteAddress()));
        } catch (IllegalArgumentException e) {
            send(ctx, Answer.of(ApiResponse.error(400, "path or query: not percent-encoded UTF-8")));
            return;
        }
        String path = question.path();
        if (path.startsWith(ManagementRoutes.PREFIX)) {
            answerApi(ctx, question);
        } else if (path.equals("/metrics")) {
            String accept = String.valueOf(request.headers().get(HttpHeaderNames.ACCEPT));
            String type = MetricsFormat.choose(accept);
            answerRead(ctx, question, () -> new Answer(200, type, registry.scrape(type), ""));
        } else if (path.equals("/")) {
            answerRead(ctx, question, () -> new Answer(200, HTML, content.page().render(), ""));
        } else {
            answerHealth(ctx, question);
        }
    }

    private void answerHealth(ChannelHandlerContext ctx, ApiRequest question) {
        HealthChecks.Report report = switch (question.path()) {
            case "/health/live" -> content.health().reportLive();
            case "/health/ready", "/health" -> content.health().reportReady();
            case "/health/started" -> content.health().reportStarted();
            default -> null;
        };
        if (report == null) {
            send(ctx, Answer.of(ApiResponse.error(404, "no such path: " + question.path())));
        } else if (!isRead(question)) {
            send(ctx, Answer.notAllowed(Set.of("GET")));
        } else {
            send(ctx, Answer.json(report.up() ? 200 : 503, report.json()));
        }
    }

    private void answerApi(ChannelHandlerContext ctx, ApiRequest question) {
        if (question.path().equals(ManagementRoutes.PREFIX)) {
            answerRead(ctx, question, () -> Answer.json(200, routes().toString()));
            return;
        }
        ManagementRoutes.Match match = content.routes().match(question.path());
        if (match == null) {
            send(ctx, Answer.of(ApiResponse.error(404, "no such route: " + question.path())));
            return;
        }
        String method = question.method().equals("HEAD") ? "GET" : question.method();
        ApiHandler handler = match.handlers().get(method);
        if (handler == null) {
            send(ctx, Answer.notAllowed(match.methods()));
            return;
        }
        ApiRequest routed = new ApiRequest(
                method, question.path(), match.remainder(), question.query(), question.body(), question.local());
        onWorker(ctx, () -> Answer.of(handle(handler, routed)));
    }

    private JsonArray routes() {
        JsonArray list = new JsonArray();
        for (Map.Entry<String, Set<String>> route : content.routes().list().entrySet()) {
            JsonArray methods = new JsonArray();
            route.getValue().forEach(methods::add);
            list.add(new JsonObject()
                    .put("path", ManagementRoutes.PREFIX + route.getKey())
                    .put("methods", methods));
        }
        return list;
    }

    private static ApiResponse handle(ApiHandler handler, ApiRequest request) {
        try {
            return handler.handle(request);
        } catch (FailureException e) {
            return ApiResponse.error(400, e.sentence());
        } catch (Exception e) {
            LOGGER.error("{} {}: failed", request.method(), request.path(), e);
            return ApiResponse.error(500, "failed, see the log of the daemon");
        }
    }

    private void answerRead(ChannelHandlerContext ctx, ApiRequest question, Supplier<Answer> answer) {
        if (isRead(question)) {
            onWorker(ctx, answer);
        } else {
            send(ctx, Answer.notAllowed(Set.of("GET")));
        }
    }

    private void onWorker(ChannelHandlerContext ctx, Supplier<Answer> answer) {
        try {
            workers.execute(() -> {
                try {
                    send(ctx, answer.get());
                } catch (RuntimeException e) {
                    ctx.fireExceptionCaught(e);
                }
            });
        } catch (RejectedExecutionException e) {
            send(ctx, Answer.of(ApiResponse.error(503, "too many questions at once; ask again later")));
        }
    }

    private static boolean isRead(ApiRequest question) {
        return question.method().equals("GET") || question.method().equals("HEAD");
    }

    private static ApiRequest question(FullHttpRequest request, boolean local) {
        QueryStringDecoder decoder = new QueryStringDecoder(request.uri());
        return new ApiRequest(
                request.method().name(),
                decoder.path(),
                "",
                Map.copyOf(decoder.parameters()),
                request.content().toString(StandardCharsets.UTF_8),
                local);
    }

    private static void send(ChannelHandlerContext ctx, Answer answer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.copiedBuffer(answer.text(), StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'");
        if (!answer.allow().isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, answer.allow());
        }
        ctx.writeAndFlush(response);
    }
}
