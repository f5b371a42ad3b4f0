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
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks a hosted cache which versions of the retrieval protocol it speaks, step by step: name, connection, answer, time. */
final class HostedCacheCheck implements Check {
    private static final Duration TIMEOUT = Duration.ofSeconds(2); // two of them, and a name look-up, within a run's limit
    private static final Duration MAX_CLOCK_OFFSET = Duration.ofSeconds(60);
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
                    "Look it up: getent hosts " + cache.host() + "; correct the name, or add it to DNS or /etc/hosts."));
        }
        long start = clock.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) TIMEOUT.toMillis());
        } catch (IOException e) {
            return List.of(problem(
                    "no connection to " + HostPort.format(address) + ": " + e.getMessage(),
                    "On that machine: ss -ltn 'sport = :" + cache.port() + "' shows whether it listens, systemctl status"
                            + " peerdist-hosted-cache whether it runs, nft list ruleset whether its firewall lets it in."));
        }
        return ask(milliseconds(clock.nanoTime() - start));
    }

    private List<Finding> ask(String connectTime) throws InterruptedException {
        byte[] question = RetrievalCodec.encodeRequest(new NegotiationRequest(VersionRange.SUPPORTED));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + cache + RetrievalCodec.PATH))
                .timeout(TIMEOUT)
                .POST(BodyPublishers.ofByteArray(question))
                .build();
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
        long start = clock.nanoTime();
        HttpResponse<InputStream> response;
        byte[] answer;
        try {
            response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                answer = body.readNBytes(MAX_ANSWER_BYTES);
            }
        } catch (IOException e) {
            return List.of(strange("it takes connections but does not answer over HTTP: " + e.getMessage()));
        }
        String times = "connected in " + connectTime + ", answered in " + milliseconds(clock.nanoTime() - start);
        List<Finding> findings = new ArrayList<>();
        findings.add(judge(response.statusCode(), answer, times));
        response.headers().firstValue("date").flatMap(this::judgeClock).ifPresent(findings::add);
        return findings;
    }

    private Finding judge(int status, byte[] answer, String times) {
        if (status != HTTP_OK) {
            return strange("it answers with HTTP status " + status);
        }
        try {
            if (RetrievalCodec.decodeResponse(ByteBuffer.wrap(answer)) instanceof NegotiationResponse negotiation) {
                VersionRange theirs = negotiation.supported();
                if (theirs.highestCommonMajor(VersionRange.SUPPORTED).isEmpty()) {
                    return problem(
                            "it speaks versions " + theirs.min() + " to " + theirs.max() + ", this program none of them",
                            "Bring both to a version that the other speaks.");
                }
                return Finding.ok(
                        name(),
                        "speaks versions " + theirs.min() + " to " + theirs.max() + " of the retrieval protocol, " + times);
            }
        } catch (MalformedMessageException e) {
            return strange("its answer is none of the retrieval protocol: " + e.getMessage());
        }
        return strange("it does not answer the question for its versions");
    }

    private Optional<Finding> judgeClock(String date) {
        Instant theirs;
        try {
            theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException e) {
            return Optional.of(Finding.warning(
                    name(), "its clock cannot be read from \"" + date + "\"", "Look whether a proxy is in between."));
        }
        Duration offset = Duration.between(clock.instant(), theirs);
        if (offset.abs().compareTo(MAX_CLOCK_OFFSET) <= 0) {
            return Optional.empty();
        }
        return Optional.of(Finding.warning(
                name(),
                "its clock is " + offset.abs().toSeconds() + " s " + (offset.isNegative() ? "behind" : "ahead of") + " ours",
                "Kerberos and certificates need clocks that agree. On both machines: timedatectl; then"
                        + " timedatectl set-ntp true"));
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
