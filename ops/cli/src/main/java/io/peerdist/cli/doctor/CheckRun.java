// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Runs checks side by side, all of them for one limited time. Stateless. */
final class CheckRun {
    /** Longer than any check takes whose own steps reach their limits; a look-up of a name has none that Java could set. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final Duration limit;
    private final LongSupplier nanoTime;

    CheckRun(Duration limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    /** A check under way. */
    private record Running(Check check, FutureTask<List<Finding>> task, Thread thread) {
        static Running start(Check check) {
            FutureTask<List<Finding>> task = new FutureTask<>(check::run);
            // One that hangs where no interrupt reaches it, as in a name look-up, must not keep the program from
            // ending.
            Thread thread = new Thread(task, "doctor-" + check.name());
            thread.setDaemon(true);
            thread.start();
            return new Running(check, task, thread);
        }
    }

    /** What the checks found, in their order; a failure of a check itself is a finding too. */
    List<Finding> run(List<? extends Check> checks) throws InterruptedException {
        long end = nanoTime.getAsLong() + limit.toNanos();
        List<Running> all = checks.stream().map(Running::start).toList();
        List<Finding> findings = new ArrayList<>();
        try {
            for (Running each : all) {
                findings.addAll(await(each, end));
            }
        } finally {
            all.forEach(each -> each.task().cancel(true));
        }
        return findings;
    }

    private List<Finding> await(Running running, long end) throws InterruptedException {
        String name = running.check().name();
        try {
            return running.task().get(Math.max(0, end - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.problem(
                    name,
                    "not done after " + limit.toMillis() + " ms: " + blockedAt(running.thread()),
                    "Look whether name servers and network file systems of this machine answer"
                            + " (resolvectl status; df), then run this again."));
        } catch (ExecutionException e) {
            return List.of(Finding.problem(
                    name,
                    "the check itself failed: " + e.getCause(),
                    "Report it, with what this prints, to those who look after PeerDist."));
        }
    }

    private static String blockedAt(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "just ended" : "waits in " + stack[0];
    }
}
