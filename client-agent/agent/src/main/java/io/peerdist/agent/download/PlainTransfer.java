// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.HashRequests;
import io.peerdist.agent.origin.HttpStatus;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginBody;
import io.peerdist.agent.origin.RangeAnswer;
import io.peerdist.agent.origin.RangeRequest;
import io.peerdist.agent.origin.RequestAbort;
import io.peerdist.agent.plan.DownloadSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the plain body of a file. While it comes in, an origin that makes hashes is asked for them; when they arrive the body
 * is cut off, and what came of it is left to be verified. A body that breaks off is taken up where it broke. For one use.
 */
final class PlainTransfer {
    private static final int BUFFER_BYTES = 65_536;
    private static final int MAX_BREAKS = 5;

    private final DownloadEnvironment environment;
    private final DownloadRequest request;
    private final OriginAnswer.Plain plain;
    private final DownloadOutput output;
    private final Ticker ticker;
    private CompletableFuture<Optional<OriginAnswer.Hashes>> hashes =
            CompletableFuture.completedFuture(Optional.empty());
    private long written;
    private long resumedAt;

    /** Hears how far the transfer is; called for every piece. */
    @FunctionalInterface
    interface Ticker {
        /**
         * So much has been written.
         *
         * @param resumedBytes how many of these bytes an interrupted run had brought
         */
        void at(long resumedBytes, long writtenBytes);
    }

    /** How a transfer ended. */
    sealed interface End {}

    /** The body is complete, and nothing is known to verify it by. */
    record Complete(long fileBytes) implements End {}

    /**
     * Content information is there.
     *
     * @param partialBytes how far the partial file reaches
     * @param fetchedBytes how much of it came from the origin in this run
     */
    record HashesArrived(OriginAnswer.Hashes hashes, long partialBytes, long fetchedBytes) implements End {}

    /** The origin broke off. */
    record Broken(String problem) implements End {}

    PlainTransfer(
            DownloadEnvironment environment,
            DownloadRequest request,
            OriginAnswer.Plain plain,
            DownloadOutput output,
            Ticker ticker) {
        this.environment = environment;
        this.request = request;
        this.plain = plain;
        this.output = output;
        this.ticker = ticker;
    }

    /** Throws {@link IOException} when the output cannot be written. */
    End run(DownloadTally tally) throws IOException {
        HashRequests requests = new HashRequests(
                environment.origin(),
                plain.url(),
                request.version(),
                environment.timer(),
                environment.run().originThreads());
        try (OriginBody body = plain.body()) {
            if (output instanceof PartFile file) {
                prepare(file);
                if (plain.makeHashRequest()) {
                    hashes = requests.start();
                }
            }
            String problem = resumedAt > 0 ? takeFrom(resumedAt) : take(body);
            for (int breaks = 1; problem != null && breaks < MAX_BREAKS && canResume(); breaks++) {
                problem = takeFrom(written);
            }
            return ended(problem, tally);
        } finally {
            requests.stop();
        }
    }

    /** Sees how far an interrupted run came with the same version of the file. */
    private void prepare(PartFile file) throws IOException {
        ResumeJournal now =
                new ResumeJournal(request.url().toString(), plain.validator().toNote(), true);
        ResumeJournal before = file.previous();
        if (now.equals(before) && canResume() && file.size() < plain.fileBytes()) {
            resumedAt = file.size();
            written = resumedAt;
        } else if (!plain.makeHashRequest() || before == null || !before.url().equals(now.url())) {
            file.truncate(0);
        }
        // Behind the plain bytes there may be blocks of an earlier run, of use once there are hashes to verify them by.
        file.note(new ResumeJournal(now.url(), now.validator(), file.size() == written));
    }

    private boolean canResume() {
        return plain.validator().strongTag() != null && plain.fileBytes() > 0;
    }

    private End ended(@Nullable String problem, DownloadTally tally) throws IOException {
        OriginAnswer.Hashes found = usable(await());
        if (found != null) {
            long partialBytes = output instanceof PartFile file ? file.size() : written;
            return new HashesArrived(found, partialBytes, written);
        }
        if (problem != null) {
            return new Broken(problem);
        }
        tally.add(DownloadSource.PARTIAL_FILE, resumedAt);
        tally.add(DownloadSource.ORIGIN, written - resumedAt);
        return new Complete(written);
    }

    /** The content information, if there is some and it is of the version of the file that the body is of. */
    private OriginAnswer.@Nullable Hashes usable(Optional<OriginAnswer.Hashes> found) {
        if (found.isEmpty()) {
            return null;
        }
        OriginAnswer.Hashes answer = found.get();
        long end = answer.information().range().end();
        boolean fits = (plain.fileBytes() < 0 ? written <= end : plain.fileBytes() == end)
                && !plain.validator().showsChange(answer.validator(), false);
        return fits ? answer : null;
    }

    /** Null at the end of the body or when hashes arrived, otherwise what went wrong with it. */
    private @Nullable String take(OriginBody body) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (usable(hashes.getNow(Optional.empty())) == null) {
            int read;
            try {
                read = body.read(buffer, 0, buffer.length);
            } catch (IOException e) {
                return e.getMessage() == null ? "the connection broke" : e.getMessage();
            }
            if (read < 0) {
                return plain.fileBytes() >= 0 && written != plain.fileBytes() ? "the answer was too short" : null;
            }
            output.write(written, ByteBuffer.wrap(buffer, 0, read));
            written += read;
            ticker.at(resumedAt, written);
        }
        return null;
    }

    private @Nullable String takeFrom(long offset) throws IOException {
        RangeAnswer answer;
        try {
            answer = environment
                    .origin()
                    .range(
                            new RangeRequest(
                                    plain.url(),
                                    offset,
                                    plain.fileBytes(),
                                    plain.fileBytes(),
                                    plain.validator().strongTag()),
                            new RequestAbort());
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        if (answer instanceof RangeAnswer.Refused refused) {
            return "the server answered " + HttpStatus.describe(refused.status());
        }
        if (!(answer instanceof RangeAnswer.Bytes bytes)) {
            return "the file changed during the download";
        }
        try (OriginBody body = bytes.body()) {
            if (plain.validator().showsChange(bytes.validator(), true)) {
                return "the file changed during the download";
            }
            if (output.isRewritable()) {
                written = bytes.offset();
                resumedAt = Math.min(resumedAt, written);
            }
            return bytes.offset() == written ? take(body) : "the connection broke, and the server sends no ranges";
        }
    }

    private Optional<OriginAnswer.Hashes> await() {
        try {
            return hashes.get(environment.hashWait().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
