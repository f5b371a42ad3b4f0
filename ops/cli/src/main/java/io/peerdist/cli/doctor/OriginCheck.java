// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.codec.pccrtp.ContentEncodingVersion;
import io.peerdist.codec.pccrtp.ContentInformationVersion;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Asks the origin of a file for content information, as an agent would. */
final class OriginCheck implements Check {
    private static final int HTTP_OK = 200;
    private static final int MAX_ANSWER_BYTES = 4_096; // the head is what counts
    private static final String PEERDIST = "peerdist";

    private final URI url;
    private final Clock clock;

    OriginCheck(URI url, Clock clock) {
        this.url = url;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "origin " + url.getHost();
    }

    @Override
    public List<Finding> run() throws InterruptedException {
        HttpQuestion.Answer answer;
        long start = clock.nanoTime();
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url)
                    .header("Accept-Encoding", "identity, " + PEERDIST)
                    .header(
                            PeerDistParams.HEADER,
                            PeerDistParams.request(ContentEncodingVersion.V1_1).toHeaderValue())
                    .header(
                            PeerDistExParams.HEADER,
                            PeerDistExParams.request(
                                            ContentInformationVersion.V1_0, ContentInformationVersion.V2_0, false)
                                    .toHeaderValue());
            answer = HttpQuestion.ask(request, MAX_ANSWER_BYTES);
        } catch (IOException e) {
            return List.of(Finding.problem(
                    name(),
                    "no answer: "
                            + (e instanceof ConnectException ? "connection refused, or no such name" : e.getMessage()),
                    "Try: curl -I " + url
                            + "; look at the name, the route over the WAN, and whether a proxy is needed."));
        }
        String time = String.format(Locale.ROOT, "answered in %.1f ms", (clock.nanoTime() - start) / 1e6);
        List<Finding> findings = new ArrayList<>();
        findings.add(judge(answer, time));
        answer.header("date")
                .map(date -> ClockOffset.judge("origin " + url.getHost(), date, clock.instant()))
                .ifPresent(findings::add);
        return findings;
    }

    private Finding judge(HttpQuestion.Answer answer, String time) {
        if (answer.status() != HTTP_OK) {
            return Finding.problem(
                    name(),
                    "answers " + url + " with HTTP status " + answer.status(),
                    "Correct the URL: curl -I " + url);
        }
        boolean hashes = answer.header("content-encoding").orElse("").equalsIgnoreCase(PEERDIST);
        if (hashes) {
            return Finding.ok(name(), "gives content information, " + time);
        }
        boolean speaks = answer.header(PeerDistParams.HEADER).isPresent();
        return Finding.hint(
                name(),
                "gives the bytes of " + url + ", no content information, " + time,
                speaks
                        ? "It speaks PeerDist and may still be hashing: ask again in a minute. Small files are never hashed."
                        : "Every machine fetches this over the WAN. Serve it by peerdist content-server, or switch on"
                                + " BranchCache in IIS; a proxy in between must let Accept-Encoding: peerdist pass.");
    }
}
