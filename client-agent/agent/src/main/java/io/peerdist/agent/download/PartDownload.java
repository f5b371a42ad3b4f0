// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.plan.DownloadPlan;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanScope;
import io.peerdist.agent.plan.PlanSettings;
import io.peerdist.agent.source.BlockSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Part of a file, or all of it, on its way to somebody who has the content information and takes blocks no further ahead than
 * the scope says. What arrives is of the version of the content information; a file that changes at its origin ends it.
 * For one use; runs in one thread, and may be woken and abandoned by others.
 */
public final class PartDownload {
    private final DownloadEnvironment environment;
    private final DownloadTally tally;
    private final ContentMap content;
    private final OriginAnswer.Hashes hashes;
    private final DownloadRun run;

    /** How it ended. */
    public sealed interface End {
        /** All that was wanted is verified and written. */
        record Complete() implements End {}

        /** Nobody wanted the rest. */
        record Abandoned() implements End {}

        /** Not all of it can be had, for a reason that is one sentence. */
        record Failed(String reason) implements End {}
    }

    /**
     * @param program header fields that go with each request for a range
     * @param output never fails
     */
    PartDownload(
            DownloadEnvironment environment,
            OriginAnswer.Hashes hashes,
            List<Map.Entry<String, String>> program,
            PlanScope scope,
            BlockOutput output,
            SegmentListener segments) {
        this.environment = environment;
        this.hashes = hashes;
        this.tally = new DownloadTally(environment.metrics());
        this.content = ContentMap.of(hashes.information());
        List<BlockSource> sources = environment.sourcesOf(hashes.information().version());
        DownloadPlan plan = environment.plan(content, sources, PlanSettings.WINDOWED, scope);
        BlockSink sink = environment.sink(content, output);
        // Without the entity tag as a condition, which some servers do not take back: what is of another version has
        // other hashes.
        OriginFetcher origin = new OriginFetcher(
                environment.origin(),
                new OriginFetcher.Origin(hashes, false, program, scope.limitOffset()),
                content,
                sink,
                plan.verifiedBlocks());
        SegmentProgress progress = new SegmentProgress(content, 0, tally, segments);
        this.run = new DownloadRun(content, sources, plan, sink, origin, progress, environment.run(), () -> {});
    }

    /** Runs to the end in the calling thread. */
    public End run() {
        tally.add(DownloadSource.CONTENT_INFORMATION, hashes.encodedBytes());
        DownloadMetrics.Result result = DownloadMetrics.Result.FAILED;
        try {
            End end = end(run.run());
            if (!(end instanceof End.Failed)) {
                result = end instanceof End.Complete
                        ? DownloadMetrics.Result.COMPLETE
                        : DownloadMetrics.Result.ABANDONED;
            }
            return end;
        } catch (IOException e) {
            return new End.Failed(String.valueOf(e.getMessage()));
        } finally {
            environment.metrics().ended(result);
        }
    }

    private static End end(RunEnd end) {
        if (end instanceof RunEnd.Complete) {
            return new End.Complete();
        }
        if (end instanceof RunEnd.Changed changed) {
            return new End.Failed("the file changed at the server meanwhile (" + changed.sign() + ")");
        }
        if (end instanceof RunEnd.Corrupt corrupt) {
            return new End.Failed("what the server delivers at offset " + corrupt.offset()
                    + " does not match its content information");
        }
        return end instanceof RunEnd.Unreachable unreachable
                ? new End.Failed(unreachable.problem())
                : new End.Abandoned();
    }

    /** The scope may have grown. For any thread; never blocks. */
    public void wake() {
        run.wake();
    }

    /** Nobody wants the rest. For any thread; never blocks. */
    public void abandon() {
        run.abandon();
    }
}
