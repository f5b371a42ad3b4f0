// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs checks one after the other, each for a limited time. Stateless. */
final class CheckRun {
    static final Duration LIMIT = Duration.ofSeconds(5);

    private final Duration limit;

    CheckRun(Duration limit) {
        this.limit = limit;
    }

    /** What the check found; a failure of the check itself is a finding too. */
    List<Finding> run(Check check) throws InterruptedException {
        FutureTask<List<Finding>> task = new FutureTask<>(check::run);
        // One that hangs where no interrupt reaches it, as in a name look-up, must not keep the program from ending.
        Thread thread = new Thread(task, "doctor-" + check.name());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.problem(
                    check.name(),
                    "not done after " + limit.toMillis() + " ms: " + blockedAt(thread),
                    "Look whether name servers and network file systems of this machine answer"
                            + " (resolvectl status; df), then run this again."));
        } catch (ExecutionException e) {
            return List.of(Finding.problem(
                    check.name(),
                    "the check itself failed: " + e.getCause(),
                    "Report it, with what this prints, to those who look after PeerDist."));
        } finally {
            task.cancel(true);
        }
    }

    private static String blockedAt(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "just ended" : "waits in " + stack[0];
    }
}
