// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.hashing.KeyRing.Standing;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second how the key ring stands, and tells when it stands differently. Nobody who asks the ring needs this: it
 * is for the log, and for throwing away what was made with a dropped secret.
 */
final class KeyRingWatch implements AutoCloseable {
    private static final long PERIOD_SECONDS = 1;
    private static final long CLOSE_LIMIT_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(KeyRingWatch.class);

    private final KeyRing ring;
    private final Runnable changed;
    private final ScheduledThreadPoolExecutor timer;
    private List<Standing> known = List.of();

    /** @param changed runs on the timer's thread, at the start and after each change, and may take its time */
    private KeyRingWatch(KeyRing ring, Runnable changed) {
        this.ring = ring;
        this.changed = changed;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "content-secrets-0");
            thread.setDaemon(true);
            return thread;
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // look() reports its failures itself
    static KeyRingWatch start(KeyRing ring, Runnable changed) {
        KeyRingWatch watch = new KeyRingWatch(ring, changed);
        watch.timer.scheduleWithFixedDelay(watch::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private void look() {
        try {
            List<Standing> now = ring.standings();
            if (now.equals(known)) {
                return;
            }
            if (!known.isEmpty()) {
                now.stream()
                        .filter(standing -> !known.contains(standing))
                        .forEach(standing -> LOG.info("from now on: {}", ContentKeyRing.sentence(standing)));
            }
            known = now;
            changed.run();
        } catch (RuntimeException e) {
            LOG.error("what was made with a dropped secret could not be thrown away", e);
        }
    }

    /** Waits for what is being thrown away, as the store is closed next. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("throwing away what was made with a dropped secret did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
