// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Asks a hosted cache which versions of the retrieval protocol it speaks, step by step: name, connection, answer, time. */
final class HostedCacheCheck implements Check {
    private static final int HTTP_OK = 200;
    private static final int MAX_ANSWER_BYTES = 4_096; // a negotiation answer has 32

    private final HostPort cache;
    private final Clock clock;

    HostedCacheCheck(HostPort cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "hosted-cache " + cache;
    }

    @Override
    public List<Finding> run() throws InterruptedException {
        InetSocketAddress address = cache.resolve();
        if (address.isUnresolved()) {
            return List.of(problem(
                    "the name " + cache.host() + " has no address",
                    "Look it up: getent hosts " + cache.host()
                            + "; correct the name, or add it to DNS or /etc/hosts."));
        }
        long start = clock.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) HttpQuestion.TIMEOUT.toMillis());
        } catch (IOException e) {
            return List.of(
                    problem(
                            "no connection to " + HostPort.format(address) + ": " + e.getMessage(),
                            "On that machine: ss -ltn 'sport = :" + cache.port()
                                    + "' shows whether it listens, systemctl status"
                                    + " peerdist-hosted-cache whether it runs, nft list ruleset whether its firewall lets it in."));
        }
        return ask(address, milliseconds(clock.nanoTime() - start));
    }

    private List<Finding> ask(InetSocketAddress address, String connectTime) throws InterruptedException {
        byte[] question = RetrievalCodec.encodeRequest(new NegotiationRequest(VersionRange.SUPPORTED));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + cache + RetrievalCodec.PATH))
                .POST(BodyPublishers.ofByteArray(question));
        long start = clock.nanoTime();
        HttpQuestion.Answer answer;
        try {
            answer = HttpQuestion.ask(request, MAX_ANSWER_BYTES);
        } catch (IOException e) {
            return notHttp(address, e);
        }
        String times = "connected in " + connectTime + ", answered in " + milliseconds(clock.nanoTime() - start);
        List<Finding> findings = new ArrayList<>();
        findings.add(judge(answer, times));
        answer.header("date")
                .map(date -> ClockOffset.judge("hosted cache " + cache, date, clock.instant()))
                .ifPresent(findings::add);
        return findings;
    }

    /** It may be the port for offers over HTTPS; then its certificate is worth a look. */
    private List<Finding> notHttp(InetSocketAddress address, IOException failure) {
        ShownCertificate shown;
        try {
            shown = ShownCertificate.of(address);
        } catch (IOException noTls) {
            return List.of(strange("it takes connections but does not answer over HTTP: " + failure.getMessage()));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(problem(
                "it speaks TLS (" + shown.protocol() + "): this is the port where Windows 7 offers",
                "Blocks are fetched over HTTP: name the cache's http-port, 80 unless it is set up otherwise."));
        findings.addAll(shown.judge(name(), cache, clock.instant()));
        return findings;
    }

    private Finding judge(HttpQuestion.Answer answer, String times) {
        if (answer.status() != HTTP_OK) {
            return strange("it answers with HTTP status " + answer.status());
        }
        try {
            if (RetrievalCodec.decodeResponse(answer.body()) instanceof NegotiationResponse negotiation) {
                VersionRange theirs = negotiation.supported();
                if (theirs.highestCommonMajor(VersionRange.SUPPORTED).isEmpty()) {
                    return problem(
                            "it speaks versions " + theirs.min() + " to " + theirs.max()
                                    + ", this program none of them",
                            "Bring both to a version that the other speaks.");
                }
                return Finding.ok(
                        name(),
                        "speaks versions " + theirs.min() + " to " + theirs.max() + " of the retrieval protocol, "
                                + times);
            }
        } catch (MalformedMessageException e) {
            return strange("its answer is none of the retrieval protocol: " + e.getMessage());
        }
        return strange("it does not answer the question for its versions");
    }

    private Finding strange(String seen) {
        return problem(
                seen,
                "Something else than a hosted cache listens there, or a proxy is in between. Correct the port"
                        + " (http-port of the hosted cache), or look: curl -i http://" + cache + RetrievalCodec.PATH);
    }

    private Finding problem(String seen, String advice) {
        return Finding.problem(name(), seen, advice);
    }

    private static String milliseconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
