// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.peerdist.agent.origin.ContentAnswers;
import io.peerdist.agent.stream.ContentStreams;
import org.jspecify.annotations.Nullable;

/**
 * One request of a program and its answer: sends the one on and the other back, part by part. Belongs to the event loop of
 * both connections.
 */
final class Exchange implements UpstreamConnection.Listener, UpstreamPool.Receiver, HashedFile.Outcome {
    private enum Stage {
        CONNECTING,
        /** The request is on its way, or out. */
        ASKING,
        /** An interim answer is passing; its end is not the end of the answer. */
        INTERIM,
        RELAYING,
        /** The answer is content information, which is coming in. */
        COLLECTING,
        /** The file that it stands for is on its way. */
        STREAMING,
        ENDED
    }

    private final ProxyContext proxy;
    private final ClientConnection client;
    private final RequestHead request;
    private final Connector.Route route;
    private Stage stage = Stage.CONNECTING;
    private Question question;
    private @Nullable HashedFile hashed;
    private @Nullable UpstreamConnection upstream;
    private boolean requestSent;
    private boolean upstreamKept;

    Exchange(ProxyContext proxy, ClientConnection client, RequestHead request) {
        this.proxy = proxy;
        this.client = client;
        this.request = request;
        this.route = new Connector.Route(
                request.target().hostPort(),
                proxy.settings().parentFor(request.target().hostPort()),
                client.isRestricted());
        this.question =
                proxy.streams() == null ? Question.PLAIN : Question.of(request, client.isRestricted(), proxy.origins());
    }

    void start() {
        connect(request.isRepeatable());
    }

    private void connect(boolean reuse) {
        stage = Stage.CONNECTING;
        requestSent = false;
        proxy.upstreams().open(client.loop(), route, reuse, this);
    }

    @Override
    public void connected(UpstreamConnection connection) {
        if (stage == Stage.ENDED) {
            // Nobody has used it.
            proxy.upstreams().giveBack(connection);
            return;
        }
        upstream = connection;
        stage = Stage.ASKING;
        client.touch();
        connection.carry(this);
        HttpHeaders fields = request.headers().copy();
        question.ask(fields, proxy.settings().contentVersion());
        connection.write(request.message(route.parent().isPresent(), fields));
        requestSent = !request.hasBody();
        connection.flush();
        if (request.hasBody()) {
            client.pump();
        }
    }

    @Override
    public void failed(Refusal refusal) {
        if (stage != Stage.ENDED) {
            refuse(refusal);
        }
    }

    /** Whether a part of the request's body can be taken now. */
    boolean takesBody() {
        return !request.hasBody() || (upstream != null && upstream.isWritable());
    }

    /** The next part of the request's body, this exchange's to release. */
    void requestPart(HttpContent part) {
        UpstreamConnection to = upstream;
        if (to == null || stage == Stage.ENDED || !request.hasBody()) {
            part.release();
            return;
        }
        proxy.metrics().sentToServer(ProxyMetrics.Kind.PASSED, part.content().readableBytes());
        requestSent = part instanceof LastHttpContent;
        to.write(part);
    }

    void requestPause() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    @Override
    public void requestRoom() {
        client.touch();
        client.pump();
    }

    @Override
    public void answerHead(HttpResponse head) {
        client.touch();
        Refusal refusal = AnswerRules.check(head, route);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            stage = Stage.INTERIM;
            passInterim(head);
            return;
        }
        upstreamKept = HttpUtil.isKeepAlive(head)
                && (HttpUtil.isTransferEncodingChunked(head)
                        || head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                        || AnswerRules.isBodyless(head, request.method()));
        if (!HeaderRules.removeHopByHop(head.headers())) {
            refuse(Refusal.badGateway(
                    Refusal.Reason.BAD_ANSWER,
                    "the answer of " + route.first() + " cannot be understood, or could be read in two ways"));
            return;
        }
        HeaderRules.addVia(head.headers(), head.protocolVersion(), proxy.via().name());
        answered(head);
    }

    private void answered(HttpResponse head) {
        HttpHeaders fields = head.headers();
        boolean information = HeaderRules.lists(fields, "Content-Encoding", ContentAnswers.PEERDIST);
        boolean speaksPeerDist = information || fields.contains(ContentAnswers.PEERDIST_FIELD);
        ContentStreams streams = proxy.streams();
        if (streams == null || Question.speaksPeerDist(request.headers())) {
            relayHead(head);
            return;
        }
        if (speaksPeerDist) {
            proxy.origins().add(request.target().origin());
        }
        if (information) {
            takeInformation(head, streams);
            return;
        }
        if (question == Question.HASHES_FOR_RANGE && head.status().equals(HttpResponseStatus.OK)) {
            // The whole file, of which the program wants a part: the server cuts it out better than we.
            proxy.origins().remove(request.target().origin());
            askPlainly();
            return;
        }
        fields.remove(ContentAnswers.PEERDIST_FIELD);
        fields.remove(ContentAnswers.PEERDIST_EX_FIELD);
        if (head.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
            FileHead.matchTag(fields, request.headers().get(HttpHeaderNames.IF_NONE_MATCH));
        }
        relayHead(head);
    }

    private void relayHead(HttpResponse head) {
        stage = Stage.RELAYING;
        client.writeHead(head, ProxyMetrics.Kind.PASSED);
    }

    /** Content information never goes to a program that did not ask for it. */
    private void takeInformation(HttpResponse head, ContentStreams streams) {
        if (question == Question.PLAIN) {
            refuse(Refusal.badGateway(
                    Refusal.Reason.BAD_ANSWER,
                    route.first() + " sent content information to a request that did not ask for it"));
        } else if (head.status().equals(HttpResponseStatus.OK)) {
            stage = Stage.COLLECTING;
            hashed = new HashedFile(proxy, streams, client, request, head.headers(), this);
        } else {
            unusable(ProxyMetrics.Fallback.UNUSABLE);
        }
    }

    private void collect(HttpContent part) {
        HashedFile file = hashed;
        boolean last = part instanceof LastHttpContent;
        boolean taken = file != null && file.collect(part);
        part.release();
        if (file == null) {
            return;
        }
        if (!taken) {
            unusable(ProxyMetrics.Fallback.TOO_LARGE);
        } else if (last) {
            stage = Stage.STREAMING;
            leaveUpstream();
            file.read();
        }
    }

    @Override
    public void unusable(ProxyMetrics.Fallback reason) {
        proxy.metrics().fellBack(reason);
        askPlainly();
    }

    private void askPlainly() {
        cancel();
        question = Question.PLAIN;
        connect(true);
    }

    @Override
    public void delivered() {
        end();
    }

    @Override
    public void brokeOff(String reason) {
        refuse(Refusal.badGateway(Refusal.Reason.BROKEN, reason));
    }

    private void passInterim(HttpResponse head) {
        if (client.takesInterim() && HeaderRules.removeHopByHop(head.headers())) {
            HeaderRules.addVia(
                    head.headers(), head.protocolVersion(), proxy.via().name());
            client.writeInterim(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    head.status(),
                    Unpooled.EMPTY_BUFFER,
                    head.headers(),
                    EmptyHttpHeaders.INSTANCE));
        }
    }

    @Override
    public void answerPart(HttpContent part) {
        client.touch();
        if (part.decoderResult().isFailure() && stage != Stage.ENDED) {
            part.release();
            refuse(Refusal.badGateway(
                    Refusal.Reason.BAD_ANSWER, "the body of the answer of " + route.first() + " is malformed"));
            return;
        }
        switch (stage) {
            case INTERIM -> {
                part.release();
                stage = part instanceof LastHttpContent ? Stage.ASKING : Stage.INTERIM;
            }
            case RELAYING -> relay(part);
            case COLLECTING -> collect(part);
            default -> part.release();
        }
    }

    private void relay(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        proxy.metrics().sentToClient(ProxyMetrics.Kind.PASSED, part.content().readableBytes());
        client.writePart(part);
        if (last) {
            end();
        } else if (!client.isWritable() && upstream != null) {
            upstream.setReading(false);
        }
    }

    private void end() {
        stage = Stage.ENDED;
        leaveUpstream();
        client.answerWritten();
    }

    /** Its answer is complete. */
    private void leaveUpstream() {
        UpstreamConnection used = upstream;
        upstream = null;
        if (used != null) {
            if (upstreamKept && requestSent) {
                proxy.upstreams().giveBack(used);
            } else {
                used.close(false);
            }
        }
    }

    @Override
    public void answerPause() {
        client.flush();
    }

    /** The program has taken what it was sent. */
    void answerRoom() {
        if (hashed != null) {
            hashed.pump();
        } else if (upstream != null) {
            upstream.setReading(true);
        }
    }

    @Override
    public void upstreamGone(@Nullable String failure) {
        UpstreamConnection gone = upstream;
        upstream = null;
        boolean unanswered = stage == Stage.ASKING || stage == Stage.INTERIM;
        if (stage == Stage.ASKING && gone != null && gone.isReused() && request.isRepeatable()) {
            // The server has closed a connection that it had kept, just when it was used again.
            connect(false);
        } else if (stage == Stage.COLLECTING) {
            unusable(ProxyMetrics.Fallback.FAILED);
        } else if (stage != Stage.ENDED) {
            String sentence = route.first() + (unanswered ? " closed the connection before it answered" : " broke off")
                    + (failure == null ? "" : ": " + failure) + "; try again";
            refuse(Refusal.badGateway(Refusal.Reason.BROKEN, sentence));
        }
    }

    /** How long nothing may happen now. */
    long patienceNanos() {
        ProxyLimits limits = proxy.settings().limits();
        boolean waiting = stage == Stage.CONNECTING || (stage == Stage.ASKING && requestSent);
        if (!waiting && !client.isWritable()) {
            return ClientConnection.CLIENT_STALL.toNanos();
        }
        return (waiting ? limits.responseTimeout() : limits.stallTimeout()).toNanos();
    }

    /** Nothing has happened for too long. */
    void expire() {
        if (hashed != null && stage == Stage.STREAMING) {
            hashed.expire();
            return;
        }
        boolean waitsForProgram = stage == Stage.ASKING && !requestSent;
        refuse(
                waitsForProgram
                        ? new Refusal(
                                HttpResponseStatus.REQUEST_TIMEOUT,
                                Refusal.Reason.BAD_REQUEST,
                                "the body of the request did not arrive in time")
                        : Refusal.timeout(route.first() + " did not answer in time; it is overloaded or down"));
    }

    /** Ends it in the proxy's own words, or by cutting the program off when an answer has begun already. */
    private void refuse(Refusal refusal) {
        cancel();
        client.refuse(refusal);
    }

    /** The program is gone, or gets another answer. */
    void cancel() {
        stage = Stage.ENDED;
        HashedFile file = hashed;
        hashed = null;
        if (file != null) {
            file.cancel();
        }
        UpstreamConnection used = upstream;
        upstream = null;
        if (used != null) {
            used.close(true);
        }
    }
}
