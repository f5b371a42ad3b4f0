// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.codec.pccrtp.ContentNegotiation.PeerDist;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.contentserver.files.DocumentRoot;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.OpenedFile;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.information.ContentInformationSource;
import io.peerdist.contentserver.information.EncodedInformation;
import io.peerdist.contentserver.information.HashingOutcome;
import io.peerdist.contentserver.information.HashingOutcome.Hashed;
import io.peerdist.contentserver.information.HashingOutcome.NotHashed;
import io.peerdist.contentserver.information.HashingOutcome.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD for the files of a document root, as bytes or as content information. Opens files on the given
 * workers, never on the calling thread. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.2</a>
 */
public final class Origin {
    private static final Logger LOG = LoggerFactory.getLogger(Origin.class);

    private static final String ALLOWED = "GET, HEAD";

    /** A full queue of openings drains within moments. */
    private static final int RETRY_AFTER_SECONDS = 1;

    private final DocumentRoot root;
    private final ContentInformationSource information;
    private final OriginSettings settings;
    private final Executor workers;
    private final InstantSource wallClock;
    private final OriginMetrics metrics;
    private volatile boolean rootReadable = true;

    public Origin(
            DocumentRoot root,
            ContentInformationSource information,
            OriginSettings settings,
            Executor workers,
            InstantSource wallClock,
            OriginMetrics metrics) {
        this.root = root;
        this.information = information;
        this.settings = settings;
        this.workers = workers;
        this.wallClock = wallClock;
        this.metrics = metrics;
    }

    /** The handler of one connection, to stand where complete requests arrive one at a time. */
    public ChannelHandler newHandler() {
        return new OriginHandler(this, metrics);
    }

    /** Whether the last request found the root readable. */
    public boolean isRootReadable() {
        return rootReadable;
    }

    /** Never blocks; fails only by a defect. Whoever takes the answer closes the file in it. */
    CompletableFuture<Answer> answer(OriginRequest request) {
        if (!request.isSupported()) {
            Answer answer = FileAnswers.empty(RequestKind.OTHER, HttpResponseStatus.METHOD_NOT_ALLOWED);
            answer.headers().set(HttpHeaderNames.ALLOW, ALLOWED);
            return CompletableFuture.completedFuture(answer);
        }
        Optional<RelativePath> path = RelativePath.ofTarget(request.target());
        if (path.isEmpty()) {
            return CompletableFuture.completedFuture(notFound());
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        try {
            workers.execute(() -> open(request, path.get(), answer));
        } catch (RejectedExecutionException full) {
            LOG.debug("{}: {}", request, full.toString());
            answer.complete(unavailable());
        }
        return answer;
    }

    private void open(OriginRequest request, RelativePath path, CompletableFuture<Answer> answer) {
        try {
            Optional<OpenedFile> file = root.open(path);
            rootReadable = true;
            if (file.isEmpty()) {
                answer.complete(notFound());
            } else {
                serve(request, file.get(), answer);
            }
        } catch (IOException e) {
            rootReadable = false;
            LOG.warn("{}: {}; answered 503", request, e.toString());
            answer.complete(unavailable());
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }

    private void serve(OriginRequest request, OpenedFile file, CompletableFuture<Answer> answer) {
        boolean waiting = false;
        try {
            PeerDistDemand demand = PeerDistDemand.of(request, problem -> malformed(request, problem));
            List<ContentSecrets> secrets = information.understoodSecrets();
            FileAnswers answers = new FileAnswers(
                    request, demand.kind(), file, secrets, wallClock.instant().getEpochSecond());
            Optional<PeerDist> wanted = demand.wanted().filter(eligible -> information.isEligible(file.version()));
            Optional<Answer> atOnce = answers.preconditionFailed()
                    .or(() -> wanted.isPresent()
                            ? kept(file, answers, secrets.get(0), wanted.get())
                            : Optional.of(answers.bytes()));
            if (atOnce.isPresent()) {
                give(atOnce.get(), file, answer);
            } else {
                waiting = true;
                awaitHashes(file, answers, wanted.orElseThrow(), answer);
            }
        } finally {
            if (!waiting && !answer.isDone()) {
                close(file);
            }
        }
    }

    private Optional<Answer> kept(OpenedFile file, FileAnswers answers, ContentSecrets secrets, PeerDist wanted) {
        Optional<Answer> notModified = answers.informationNotModified(wanted);
        if (notModified.isPresent()) {
            return notModified;
        }
        EncodedInformation found = information.find(file.version(), secrets, wanted.contentInformationVersion());
        return found == null ? Optional.empty() : Optional.of(encoded(answers, wanted, secrets, found));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whatever goes wrong in the last stage ends up in the answer
    private void awaitHashes(OpenedFile file, FileAnswers answers, PeerDist wanted, CompletableFuture<Answer> answer) {
        Duration wait = wanted.hashRequest() ? settings.hashRequestWait() : settings.hashWait();
        CompletableFuture<HashingOutcome> outcome =
                information.hash(file.version().path());
        HashingOutcome stillPending = new NotHashed(Reason.PENDING);
        if (wait.isZero()) {
            outcome.complete(stillPending);
        } else {
            outcome.completeOnTimeout(stillPending, wait.toNanos(), TimeUnit.NANOSECONDS);
        }
        // Nothing below touches the disk, so it may run on whatever thread ends the wait.
        outcome.whenComplete((hashed, failure) -> {
            try {
                give(hashesOrBytes(file.version(), answers, wanted, hashed), file, answer);
            } catch (RuntimeException | Error e) {
                close(file);
                answer.completeExceptionally(e);
            }
        });
    }

    private Answer hashesOrBytes(FileVersion opened, FileAnswers answers, PeerDist wanted, HashingOutcome outcome) {
        if (outcome instanceof Hashed hashed && hashed.version().equals(opened)) {
            return encoded(answers, wanted, hashed.secrets(), hashed.of(wanted.contentInformationVersion()));
        }
        boolean comes =
                outcome instanceof Hashed || ((NotHashed) outcome).reason().isWorthAskingAgain();
        return comes ? answers.bytesUntilHashed(wanted) : answers.bytes();
    }

    private Answer encoded(FileAnswers answers, PeerDist wanted, ContentSecrets secrets, EncodedInformation found) {
        metrics.encoded(wanted.contentInformationVersion());
        return answers.contentInformation(wanted, secrets, found);
    }

    private static void give(Answer answer, OpenedFile file, CompletableFuture<Answer> receiver) {
        if (!(answer.body() instanceof Answer.FilePart)) {
            close(file);
        }
        receiver.complete(answer);
    }

    private void malformed(OriginRequest request, MalformedMessageException problem) {
        metrics.malformed();
        LOG.debug("{}: {}; answered with the bytes", request, problem.getMessage());
    }

    private static Answer notFound() {
        return FileAnswers.empty(RequestKind.OTHER, HttpResponseStatus.NOT_FOUND);
    }

    private static Answer unavailable() {
        Answer answer = FileAnswers.empty(RequestKind.OTHER, HttpResponseStatus.SERVICE_UNAVAILABLE);
        answer.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return answer;
    }

    private static void close(OpenedFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("{}: {}", file.version().path(), e.toString());
        }
    }
}
