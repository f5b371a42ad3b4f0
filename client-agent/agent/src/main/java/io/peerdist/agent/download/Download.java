// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.HttpStatus;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.Validator;
import io.peerdist.agent.plan.DownloadPlan;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanScope;
import io.peerdist.agent.plan.PlanSettings;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One download from the first request to the complete file. Asks the origin, then executes a plan, or takes the plain body,
 * or begins with the body and goes on with a plan. For one use, by one thread.
 */
final class Download {
    /** Times that the download begins anew because the file changed at the origin. */
    private static final int MAX_RESTARTS = 1;

    private final DownloadEnvironment environment;
    private final DownloadRequest request;
    private final DownloadListener listener;
    private final SegmentListener segmentListener;
    private final DownloadTally tally;
    private final @Nullable ChecksumCheck check;
    private final long startNanos;
    private long fileBytes = -1;
    private long plainBytes;
    private long resumedBytes;
    private int contentVersion;
    private boolean conditional = true;
    private @Nullable ContentInformation previous;

    Download(
            DownloadEnvironment environment,
            DownloadRequest request,
            DownloadListener listener,
            SegmentListener segmentListener) {
        this.environment = environment;
        this.request = request;
        this.listener = listener;
        this.segmentListener = segmentListener;
        this.tally = new DownloadTally(environment.metrics());
        this.check = request.checksum() == null ? null : new ChecksumCheck(request.checksum());
        this.startNanos = environment.run().nanoTime().getAsLong();
    }

    /** Throws {@link FailureException} with one sentence when the file cannot be had. */
    DownloadReport run() {
        OriginAnswer answer = ask();
        try (DownloadOutput output = open(answer)) {
            for (int restarts = 0; !attempt(answer, output, restarts); restarts++) {
                if (!output.isRewritable()) {
                    throw failed("the file changed at the server during the download, and what was written already"
                            + " cannot be taken back; try again");
                }
                tally.restart();
                answer = ask();
            }
            return report();
        } catch (InterruptedIOException e) {
            throw failed(ExitCode.WORK_FAILED, "interrupted", e);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private OriginAnswer ask() {
        try {
            OriginAnswer answer = environment.origin().ask(request.url(), request.version(), false);
            if (answer instanceof OriginAnswer.Unusable unusable) {
                listener.warning("the content information for " + request.url() + " cannot be used, going on without ("
                        + unusable.reason() + ")");
                answer = environment.origin().askPlain(request.url());
            }
            if (answer instanceof OriginAnswer.Refused refused) {
                throw failed("the server answered " + HttpStatus.describe(refused.status()));
            }
            return answer;
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private DownloadOutput open(OriginAnswer answer) {
        try {
            return environment.open(request.destination(), check == null ? UnaryOperator.identity() : check::observed);
        } catch (IOException e) {
            closeBody(answer);
            throw unwritable(e);
        }
    }

    private static void closeBody(OriginAnswer answer) {
        if (answer instanceof OriginAnswer.Plain plain) {
            plain.body().close();
        }
    }

    /** True when the file is complete, false when it has changed and is to be asked for again. */
    private boolean attempt(OriginAnswer answer, DownloadOutput output, int restarts) throws IOException {
        if (answer instanceof OriginAnswer.Plain plain) {
            return takePlain(plain, output, restarts);
        }
        if (answer instanceof OriginAnswer.Hashes hashes) {
            PartFile file = output instanceof PartFile part ? part : null;
            long partialBytes = file == null ? 0 : partialBytes(file, restarts);
            return execute(hashes, output, partialBytes, 0, restarts);
        }
        throw new IllegalStateException("answer: " + answer + " (expected: handled before)");
    }

    /** How far the partial file reaches that an interrupted run, or the run before the restart, left. */
    private long partialBytes(PartFile file, int restarts) throws IOException {
        ResumeJournal journal = file.previous();
        boolean ours = restarts > 0
                || (journal != null && journal.url().equals(request.url().toString()));
        if (!ours) {
            file.truncate(0);
        }
        return file.size();
    }

    private boolean takePlain(OriginAnswer.Plain plain, DownloadOutput output, int restarts) throws IOException {
        fileBytes = plain.fileBytes();
        PlainTransfer transfer = new PlainTransfer(environment, request, plain, output, this::plainTick);
        PlainTransfer.End end = transfer.run(tally);
        plainBytes = 0;
        resumedBytes = 0;
        if (end instanceof PlainTransfer.HashesArrived arrived) {
            return execute(arrived.hashes(), output, arrived.partialBytes(), arrived.fetchedBytes(), restarts);
        }
        if (end instanceof PlainTransfer.Broken broken) {
            throw failed(broken.problem() + "; repeat the command to resume");
        }
        fileBytes = ((PlainTransfer.Complete) end).fileBytes();
        complete(output, plain.validator());
        return true;
    }

    /**
     * @param partialBytes how far the partial file reaches
     * @param fetchedBytes how many bytes at its start this run fetched from the origin
     */
    private boolean execute(
            OriginAnswer.Hashes hashes, DownloadOutput output, long partialBytes, long fetchedBytes, int restarts)
            throws IOException {
        ContentInformation information = hashes.information();
        requireVersion(information);
        tally.add(DownloadSource.CONTENT_INFORMATION, hashes.encodedBytes());
        ContentMap content = ContentMap.of(information);
        fileBytes = content.blocks().fileBytes();
        contentVersion = information.version();
        if (output instanceof PartFile file) {
            file.note(new ResumeJournal(
                    request.url().toString(), hashes.validator().toNote(), false));
        }
        RunEnd end =
                downloadRun(hashes, content, output, partialBytes, fetchedBytes).run();
        if (end instanceof RunEnd.Complete) {
            complete(output, hashes.validator());
            return true;
        }
        if (end instanceof RunEnd.Unreachable unreachable) {
            throw failed(unreachable.problem() + "; repeat the command to resume");
        }
        prepareRestart(information, end, restarts);
        return false;
    }

    /** The file gets its name only when it is the one that was wanted. */
    private void complete(DownloadOutput output, Validator validator) throws IOException {
        String fault = check == null ? null : check.fault(output, fileBytes);
        if (fault == null) {
            output.complete(fileBytes, validator.lastModifiedInstant());
            return;
        }
        if (output instanceof PartFile part) {
            part.discard();
        }
        throw new FailureException(
                ExitCode.CHECKSUM_MISMATCH,
                "what " + request.url() + " delivers is not what was wanted: " + fault
                        + (output instanceof PartFile ? "; it is removed" : "; it has been written all the same"));
    }

    private void prepareRestart(ContentInformation information, RunEnd end, int restarts) {
        boolean sameAsBefore = previous != null && previous.segments().equals(information.segments());
        if (end instanceof RunEnd.Corrupt corrupt && (sameAsBefore || restarts >= MAX_RESTARTS)) {
            throw failed("what the server delivers at offset " + corrupt.offset()
                    + " does not match its content information");
        }
        if (restarts >= MAX_RESTARTS) {
            throw failed("the file keeps changing at the server during the download (" + sign(end) + "); try again");
        }
        listener.warning("the file changed during the download (" + sign(end) + "), beginning anew: " + request.url());
        previous = information;
    }

    private static String sign(RunEnd end) {
        return end instanceof RunEnd.Changed changed ? changed.sign() : "its contents";
    }

    private void requireVersion(ContentInformation information) {
        if (!request.version().takes(information.version())) {
            throw failed("the server sent content information of version " + information.version()
                    + ".0, which is not the one asked for; leave out --content-version to take it");
        }
    }

    private DownloadRun downloadRun(
            OriginAnswer.Hashes hashes,
            ContentMap content,
            DownloadOutput output,
            long partialBytes,
            long fetchedBytes) {
        List<BlockSource> sources = environment.sourcesOf(contentVersion);
        if (output instanceof PartFile file && partialBytes > 0) {
            sources.add(
                    0, new PartFileSource(file, partialBytes, environment.run().workers()));
        }
        PlanSettings settings = output instanceof PartFile ? PlanSettings.ANY_ORDER : PlanSettings.IN_ORDER;
        DownloadPlan plan = environment.plan(content, sources, settings, PlanScope.ALL);
        BlockSink sink = environment.sink(content, output);
        // The server refused the entity tag of its own answer before: it does not take it in conditions.
        conditional = previous == null || !previous.segments().equals(content.segments());
        OriginFetcher origin = new OriginFetcher(
                environment.origin(),
                new OriginFetcher.Origin(hashes, conditional, null, PlanScope.ALL.limitOffset()),
                content,
                sink,
                plan.verifiedBlocks());
        SegmentProgress segments = new SegmentProgress(content, fetchedBytes, tally, segmentListener);
        return new DownloadRun(content, sources, plan, sink, origin, segments, environment.run(), this::tick);
    }

    private void plainTick(long resumed, long written) {
        resumedBytes = resumed;
        plainBytes = written;
        tick();
    }

    private void tick() {
        Map<DownloadSource, Long> bySource = new EnumMap<>(DownloadSource.class);
        bySource.putAll(tally.bytesBySource());
        // A plain body is counted when it is complete, or block by block when there are hashes to verify it by.
        bySource.merge(DownloadSource.PARTIAL_FILE, resumedBytes, Long::sum);
        bySource.merge(DownloadSource.ORIGIN, plainBytes - resumedBytes, Long::sum);
        listener.progress(new DownloadProgress(fileBytes, plainBytes + tally.fileBytes(), bySource, elapsedNanos()));
    }

    private long elapsedNanos() {
        return environment.run().nanoTime().getAsLong() - startNanos;
    }

    private DownloadReport report() {
        tick();
        return new DownloadReport(
                request.url(),
                file(),
                fileBytes,
                contentVersion,
                tally.bytesBySource(),
                Duration.ofNanos(elapsedNanos()),
                OfferSummary.NONE);
    }

    private @Nullable Path file() {
        return request.destination() instanceof DownloadRequest.ToFile to ? to.file() : null;
    }

    private FailureException failed(String reason) {
        return failed(reason, null);
    }

    private FailureException failed(String reason, @Nullable Throwable cause) {
        return failed(ExitCode.ORIGIN_FAILED, reason, cause);
    }

    private FailureException failed(ExitCode code, String reason, @Nullable Throwable cause) {
        return new FailureException(code, "cannot download " + request.url() + ": " + reason, cause);
    }

    private FailureException unwritable(IOException cause) {
        Path file = file();
        String what = file == null ? "standard output" : file.toString();
        String reason = file != null && Files.isDirectory(file)
                ? "it is a directory; name a file"
                : OutputProblem.describe(cause);
        return new FailureException(ExitCode.CANNOT_WRITE, "cannot write " + what + ": " + reason, cause);
    }
}
