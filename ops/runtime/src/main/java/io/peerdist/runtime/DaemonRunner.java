// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/**
 * The life of a daemon: start the parts, print the ready line on standard output, serve until SIGTERM or SIGINT, close the
 * parts in reverse order, exit 0. It ends the process from a shutdown hook with {@code halt}, because a virtual machine that
 * ends by a signal reports 143 otherwise; so nothing else may rely on shutdown hooks of its own.
 */
public final class DaemonRunner {
    /** What closing may take: below systemd's 90 s and container runtimes' 10 s. */
    public static final Duration DEFAULT_CLOSE_LIMIT = Duration.ofSeconds(8);

    private final Clock clock;
    private final Duration closeLimit;
    private final PrintStream readyOutput;

    /** Starts the parts of a daemon. */
    @FunctionalInterface
    public interface Startup {
        /** Starts part after part, giving each to {@code components} at once. What it throws ends the process. */
        void start(Components components) throws Exception;
    }

    public DaemonRunner(Clock clock, Duration closeLimit, PrintStream readyOutput) {
        this.clock = clock;
        this.closeLimit = closeLimit;
        this.readyOutput = readyOutput;
    }

    /** With this machine's clock, the default limit, and the ready line on standard output. */
    public static DaemonRunner system() {
        return new DaemonRunner(Clock.system(), DEFAULT_CLOSE_LIMIT, System.out);
    }

    /**
     * Starts, and serves until a signal comes; then the process ends with 0 and this method never returns.
     *
     * @throws FailureException when a part cannot start, or {@link Components#fail} was called; all parts are closed then
     */
    public void run(Startup startup) {
        Components components = new Components(clock, closeLimit);
        Thread hook = new Thread(() -> stop(components), "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            startup.start(components);
            readyOutput.println(components.readyLine());
            readyOutput.flush();
            throw components.fatal().get();
        } catch (InterruptedException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "interrupted: stopped by its own process", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot start: " + e, e);
        } finally {
            withdraw(hook);
            components.close();
        }
    }

    private static void stop(Components components) {
        components.close();
        Runtime.getRuntime().halt(ExitCode.OK.code());
    }

    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // A signal came first: the hook closes the parts and ends the process, what failed meanwhile is of no
            // interest.
            awaitHalt();
        }
    }

    private static void awaitHalt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
