// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginBody;
import io.peerdist.agent.origin.OriginClient;
import io.peerdist.agent.origin.RangeAnswer;
import io.peerdist.agent.origin.Validator;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanAction.FetchRun;
import io.peerdist.agent.plan.VerifiedBlocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runs of a plan: one request each, its body cut into blocks that go to the sink as they arrive. Thread-safe;
 * each run occupies the thread that calls {@link #fetch}.
 */
final class OriginFetcher {
    private static final int MAX_BLOCK_BYTES = 128 << 10; // MS-PCCRC 2.4: a version 2.0 segment is one block

    private final OriginClient client;
    private final URI url;
    private final Validator hashesValidator;
    private final boolean conditional;
    private final ContentMap content;
    private final BlockSink sink;
    private final VerifiedBlocks verified;
    private final Set<OriginBody> bodies = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Validator> bytesValidator = new AtomicReference<>();
    private final AtomicBoolean wholeFile = new AtomicBoolean();
    private volatile boolean aborted;

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
    }

    /** @param conditional whether requests name the entity tag that came with the content information */
    OriginFetcher(
            OriginClient client,
            OriginAnswer.Hashes hashes,
            boolean conditional,
            ContentMap content,
            BlockSink sink,
            VerifiedBlocks verified) {
        this.client = client;
        this.url = hashes.url();
        this.hashesValidator = hashes.validator();
        this.conditional = conditional;
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
        String ifMatch = conditional ? hashesValidator.strongTag() : null;
        try {
            RangeAnswer answer = client.range(url, from, end, content.blocks().fileBytes(), ifMatch);
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
            if (aborted) {
                return new End.Broken("given up");
            }
            if (hashesValidator.showsChange(bytes.validator(), false) || changedSinceFirst(bytes.validator())) {
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
        aborted = true;
        bodies.forEach(OriginBody::close);
    }
}
