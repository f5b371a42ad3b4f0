// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an origin that is still making hashes for them, again and again with growing pauses. Started once; may be stopped from
 * any thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.1.5.1</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // the result is completed by each try itself
public final class HashRequests {
    private static final Logger LOGGER = LoggerFactory.getLogger(HashRequests.class);

    /** More than half a minute in all: each try may cost some of the body that the origin sends instead. */
    private static final int MAX_TRIES = 20;

    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long MAX_PAUSE_MILLIS = 2_000;

    private final OriginClient client;
    private final URI url;
    private final ContentVersion version;
    private final ScheduledExecutorService timer;
    private final Executor threads;
    private final CompletableFuture<Optional<OriginAnswer.Hashes>> result = new CompletableFuture<>();

    /** Does nothing yet; {@code timer} makes the pauses, and {@code threads} carry the requests, one at a time. */
    public HashRequests(
            OriginClient client, URI url, ContentVersion version, ScheduledExecutorService timer, Executor threads) {
        this.client = client;
        this.url = url;
        this.version = version;
        this.timer = timer;
        this.threads = threads;
    }

    /** Begins to ask; empty when the origin does not come to it. Never fails. */
    public CompletableFuture<Optional<OriginAnswer.Hashes>> start() {
        askLater(1, FIRST_PAUSE_MILLIS);
        return result;
    }

    /** Asks no more. */
    public void stop() {
        result.complete(Optional.empty());
    }

    private void askLater(int attempt, long pauseMillis) {
        if (attempt > MAX_TRIES) {
            stop();
            return;
        }
        try {
            timer.schedule(() -> hand(attempt, pauseMillis), pauseMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            stop();
        }
    }

    private void hand(int attempt, long pauseMillis) {
        try {
            threads.execute(() -> ask(attempt, pauseMillis));
        } catch (RejectedExecutionException e) {
            askLater(attempt + 1, pauseMillis);
        }
    }

    private void ask(int attempt, long pauseMillis) {
        if (result.isDone()) {
            return;
        }
        try {
            OriginAnswer answer = client.ask(url, version, true);
            if (answer instanceof OriginAnswer.Plain plain) {
                plain.body().close();
                if (plain.makeHashRequest()) {
                    askLater(attempt + 1, Math.min(MAX_PAUSE_MILLIS, 2 * pauseMillis));
                    return;
                }
            }
            result.complete(answer instanceof OriginAnswer.Hashes hashes ? Optional.of(hashes) : Optional.empty());
        } catch (IOException e) {
            LOGGER.debug("hash request for {}: {}", url, e.getMessage());
            askLater(attempt + 1, Math.min(MAX_PAUSE_MILLIS, 2 * pauseMillis));
        }
    }
}
