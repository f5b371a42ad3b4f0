// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginBody;
import io.peerdist.agent.origin.OriginClient;
import io.peerdist.agent.origin.RangeAnswer;
import io.peerdist.agent.origin.RangeRequest;
import io.peerdist.agent.origin.RequestAbort;
import io.peerdist.agent.origin.Validator;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.VerifiedBlocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runs of a plan: one request each, its body cut into blocks that go to the sink as they arrive. Thread-safe;
 * each run occupies the thread that calls {@link #fetch}.
 */
final class OriginFetcher {
    private static final int MAX_BLOCK_BYTES = 128 << 10; // MS-PCCRC 2.4: a version 2.0 segment is one block

    private final OriginClient client;
    private final Origin origin;
    private final ContentMap content;
    private final BlockSink sink;
    private final VerifiedBlocks verified;
    private final Set<OriginBody> bodies = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Validator> bytesValidator = new AtomicReference<>();
    private final AtomicBoolean wholeFile = new AtomicBoolean();
    private final RequestAbort abort = new RequestAbort();

    /**
     * The file at its origin.
     *
     * @param conditional whether requests name the entity tag that came with the content information
     * @param program header fields of the program that the file is for, or null when it is for this agent
     * @param limitOffset how far the output takes blocks now
     */
    record Origin(
            OriginAnswer.Hashes hashes,
            boolean conditional,
            @Nullable List<Map.Entry<String, String>> program,
            LongSupplier limitOffset) {}

    /** Hears what comes of a run; called by the thread that fetches. */
    interface Listener {
        void arrived(int run, int ordinal, BlockSink.Result result);

        void rangesIgnored();
    }

    /** How a run ended. */
    sealed interface End {
        /** All of it arrived. */
        record Complete() implements End {}

        /** Something that may be better next time. */
        record Broken(String problem) implements End {}

        /** The file is not the one it was. */
        record Changed(String sign) implements End {}

        /** The origin does not give the file any more. */
        record Refused(int status) implements End {}

        /** The origin sends the whole file instead of ranges, and there is no room for it. */
        record NoRanges() implements End {}
    }

    OriginFetcher(OriginClient client, Origin origin, ContentMap content, BlockSink sink, VerifiedBlocks verified) {
        this.client = client;
        this.origin = origin;
        this.content = content;
        this.sink = sink;
        this.verified = verified;
    }

    /**
     * Fetches a run.
     *
     * @throws UncheckedIOException when the output cannot be written
     */
    End fetch(FetchRun run, Listener listener) {
        long from = content.blocks().offset(run.fromOrdinal());
        long end = content.blocks().offset(run.toOrdinal());
        OriginAnswer.Hashes hashes = origin.hashes();
        String ifMatch = origin.conditional() ? hashes.validator().strongTag() : null;
        try {
            RangeAnswer answer = client.range(
                    new RangeRequest(hashes.url(), from, end, content.blocks().fileBytes(), ifMatch, origin.program()),
                    abort);
            if (answer instanceof RangeAnswer.Bytes bytes) {
                return take(run, bytes, listener);
            }
            if (answer instanceof RangeAnswer.Changed changed) {
                return new End.Changed(changed.sign());
            }
            RangeAnswer.Refused refused = (RangeAnswer.Refused) answer;
            return refused.isPassing()
                    ? new End.Broken("the server answered " + refused.status())
                    : new End.Refused(refused.status());
        } catch (IOException e) {
            return new End.Broken(String.valueOf(e.getMessage()));
        }
    }

    private End take(FetchRun run, RangeAnswer.Bytes bytes, Listener listener) throws IOException {
        try (OriginBody body = bytes.body()) {
            bodies.add(body);
            if (abort.isAborted()) {
                return new End.Broken("given up");
            }
            if (origin.hashes().validator().showsChange(bytes.validator(), false)
                    || changedSinceFirst(bytes.validator())) {
                return new End.Changed("its entity tag or date");
            }
            if (!bytes.isWholeFile()) {
                return blocks(run.run(), run.fromOrdinal(), run.toOrdinal(), body, listener);
            }
            return whole(run, body, listener);
        } finally {
            bodies.remove(bytes.body());
        }
    }

    private boolean changedSinceFirst(Validator validator) {
        Validator first = bytesValidator.compareAndExchange(null, validator);
        return first != null && first.showsChange(validator, true);
    }

    /** Takes everything out of the whole file; only one run does so, however many asked for ranges. */
    private End whole(FetchRun run, OriginBody body, Listener listener) throws IOException {
        boolean isRange =
                run.fromOrdinal() == 0 && run.toOrdinal() == content.blocks().blockCount();
        if (!isRange) {
            if (origin.limitOffset().getAsLong() < content.blocks().fileBytes()) {
                return new End.NoRanges();
            }
            listener.rangesIgnored();
            if (!wholeFile.compareAndSet(false, true)) {
                return new End.Broken("it ignores ranges");
            }
        }
        try {
            return blocks(run.run(), 0, content.blocks().blockCount(), body, listener);
        } finally {
            wholeFile.set(false);
        }
    }

    private End blocks(int run, int from, int to, OriginBody body, Listener listener) throws IOException {
        byte[] buffer = new byte[MAX_BLOCK_BYTES];
        for (int ordinal = from; ordinal < to; ordinal++) {
            int length = content.blocks().length(ordinal);
            if (verified.contains(ordinal)) {
                if (!body.skip(length, buffer)) {
                    return new End.Broken("the answer was too short");
                }
                continue;
            }
            if (body.readFully(buffer, length) < length) {
                return new End.Broken("the answer was too short");
            }
            int index = content.blocks().blockIndex(ordinal);
            listener.arrived(
                    run,
                    ordinal,
                    sink.accept(DownloadSource.ORIGIN, content.segmentOf(ordinal), index, buffer, length));
        }
        drain(body, buffer);
        return new End.Complete();
    }

    /** Sees the end of the body, without which the connection cannot be used again. */
    private static void drain(OriginBody body, byte[] buffer) {
        try {
            body.readFully(buffer, 1);
        } catch (IOException e) {
            // All that was wanted has arrived; the connection is not used again, that is all.
            body.close();
        }
    }

    /** Cuts off everything that is under way. */
    void abort() {
        abort.abort();
        bodies.forEach(OriginBody::close);
    }
}
