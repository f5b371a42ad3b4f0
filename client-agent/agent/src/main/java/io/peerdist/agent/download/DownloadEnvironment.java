// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.OriginClient;
import io.peerdist.agent.plan.DownloadPlan;
import io.peerdist.agent.plan.PlanScope;
import io.peerdist.agent.plan.PlanSettings;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.BlockSources;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.retrieval.BlockVerifiers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/**
 * What all downloads of an engine share.
 *
 * @param run threads and time
 * @param timer for pauses and time limits; its tasks are short
 * @param sources the sources besides partial file and origin, in order
 * @param cache where verified blocks are kept
 * @param verifiers as many as there are threads at once that verify
 * @param hashWait how long a file that arrived plainly waits for its hashes
 * @param outputs opens what files are written to; a seam for tests
 */
record DownloadEnvironment(
        RunContext run,
        ScheduledExecutorService timer,
        OriginClient origin,
        List<BlockSources> sources,
        LocalCache cache,
        BlockVerifiers verifiers,
        DownloadMetrics metrics,
        Duration hashWait,
        FileOpener outputs) {
    /** Opens the output for a file. */
    interface FileOpener {
        DownloadOutput open(Path target) throws IOException;
    }

    /** The sources besides partial file and origin, for one download; the list is the caller's. */
    List<BlockSource> sourcesOf(int contentVersion) {
        List<BlockSource> found = new ArrayList<>();
        sources.forEach(source -> found.addAll(source.forDownload(contentVersion)));
        return found;
    }

    BlockSink sink(ContentMap content, BlockOutput output) {
        return new BlockSink(content.blocks(), output, cache, verifiers, metrics);
    }

    DownloadPlan plan(ContentMap content, List<BlockSource> from, PlanSettings settings, PlanScope scope) {
        List<DownloadPlan.PlanSource> planned = from.stream()
                .map(source -> new DownloadPlan.PlanSource(source.kind(), source.maxInFlight(), source::sharedScore))
                .toList();
        return new DownloadPlan(content.blocks(), planned, settings, metrics, scope);
    }

    /** @param observed makes of a stream one whose bytes are looked at as they pass */
    DownloadOutput open(DownloadRequest.Destination destination, UnaryOperator<OutputStream> observed)
            throws IOException {
        if (destination instanceof DownloadRequest.ToStream to) {
            return new StreamOutput(observed.apply(to.stream()));
        }
        Path file = ((DownloadRequest.ToFile) destination).file();
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a directory");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A device or a pipe: renaming onto it would replace it.
            return new StreamOutput(observed.apply(Files.newOutputStream(file)));
        }
        return outputs.open(file);
    }
}
