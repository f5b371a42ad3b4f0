// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.publish;

import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.HashRequests;
import io.peerdist.agent.origin.HttpStatus;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginClient;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Asks an origin for the content information of a file, and for nothing else. Stateless. */
public final class ContentHashes {
    /** A large file takes an origin so long to hash; whoever waits longer asks again later. */
    private static final Duration HASH_WAIT = Duration.ofMinutes(1);

    private ContentHashes() {}

    /**
     * Asks, and again while the origin makes hashes, in the calling thread.
     *
     * @throws FailureException with one sentence when there is no content information to be had
     */
    public static OriginAnswer.Hashes ask(
            URI url, ContentVersion version, OriginSettings settings, LongSupplier nanoTime) {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "publish-origin");
            thread.setDaemon(true);
            return thread;
        });
        try {
            RateLimit limit = RateLimit.unlimited(nanoTime, (end, nanos) -> timer.execute(end)); // it never pauses
            OriginClient client = new OriginClient(settings, limit, timer, nanoTime);
            OriginAnswer.Hashes hashes = hashes(client, url, version, timer);
            if (!version.takes(hashes.information().version())) {
                throw failure(
                        url,
                        "the server sent content information of version "
                                + hashes.information().version() + ".0, which is not the one asked for");
            }
            return hashes;
        } catch (IOException e) {
            throw new FailureException(ExitCode.ORIGIN_FAILED, "cannot publish " + url + ": " + e.getMessage(), e);
        } finally {
            timer.shutdownNow();
        }
    }

    private static OriginAnswer.Hashes hashes(
            OriginClient client, URI url, ContentVersion version, ScheduledExecutorService timer) throws IOException {
        OriginAnswer answer = client.ask(url, version, false);
        if (answer instanceof OriginAnswer.Hashes hashes) {
            return hashes;
        }
        if (answer instanceof OriginAnswer.Refused refused) {
            throw failure(url, "the server answered " + HttpStatus.describe(refused.status()));
        }
        if (answer instanceof OriginAnswer.Unusable unusable) {
            throw failure(url, "its content information cannot be used (" + unusable.reason() + ")");
        }
        OriginAnswer.Plain plain = (OriginAnswer.Plain) answer;
        plain.body().close();
        if (!plain.makeHashRequest()) {
            throw failure(
                    url,
                    "the server gives no content information for it; it does not speak PeerDist, or the file is too"
                            + " small or too new");
        }
        HashRequests requests = new HashRequests(client, url, version, timer, timer);
        try {
            return requests.start()
                    .get(HASH_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                    .orElseThrow(() -> failure(url, "the server has not made its hashes; try again in a minute"));
        } catch (TimeoutException e) {
            throw failure(url, "the server is still making its hashes; try again in a minute");
        } catch (ExecutionException | CancellationException | CompletionException e) {
            throw new IOException("its hashes cannot be had: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            requests.stop();
        }
    }

    private static FailureException failure(URI url, String why) {
        return new FailureException(ExitCode.ORIGIN_FAILED, "cannot publish " + url + ": " + why);
    }
}
