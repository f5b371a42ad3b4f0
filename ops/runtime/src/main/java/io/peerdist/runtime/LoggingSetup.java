// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes: always standard error, never standard output, which belongs to the commands. Thread-safe.
 */
public final class LoggingSetup {
    /** The names that {@link #configure} takes. */
    public static final Set<String> LEVELS = Set.of("error", "warn", "info", "debug", "trace");

    /** The logger of the protocols' messages, decoded; it writes at level {@code trace}. */
    public static final String TRACE_LOGGER = "io.peerdist.trace";

    // A message must stay one line, whatever a peer put into it.
    private static final String PLAIN_PATTERN =
            "%d{HH:mm:ss.SSS} %-5level %logger{0} [%thread] %replace(%msg){'[\\r\\n]+', ' '}%n%ex";
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private LoggingSetup() {}

    /**
     * Sets level and format of the whole process.
     *
     * @param level one of {@link #LEVELS}, any case
     * @throws IllegalArgumentException when {@code level} is none of them
     */
    public static void configure(String level, LogFormat format) {
        String name = level.toLowerCase(Locale.ROOT);
        if (!LEVELS.contains(name)) {
            throw new IllegalArgumentException("level: " + level + " (expected: error, warn, info, debug or trace)");
        }
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(context, Level.toLevel(name), format);
        }
    }

    /** Lets the lines of {@link #TRACE_LOGGER} through, whatever the level of the rest. */
    public static void traceMessages() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(TRACE_LOGGER).setLevel(Level.TRACE);
        }
    }

    static void apply(LoggerContext context, Level level, LogFormat format) {
        boolean plain = format == LogFormat.PLAIN || (format == LogFormat.AUTO && standardErrorIsTerminal());
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(plain ? plainEncoder(context) : jsonEncoder(context));
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(level);
        root.addAppender(appender);
        // Their information lines speak to their own developers.
        quiet(context, "io.netty", level);
        quiet(context, "io.micrometer", level);
        quiet(context, "io.prometheus", level);
    }

    private static void quiet(LoggerContext context, String logger, Level level) {
        boolean wanted = level.levelInt <= Level.TRACE_INT || level.levelInt >= Level.WARN_INT;
        context.getLogger(logger).setLevel(wanted ? level : Level.WARN);
    }

    private static Encoder<ILoggingEvent> plainEncoder(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PLAIN_PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> jsonEncoder(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }

    /** Java itself only tells about standard input and output. */
    private static boolean standardErrorIsTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
