// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.Durations;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.NearestName;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes picocli speak as {@code peerdist} does: one sentence on standard error, documented exit codes. */
public final class CommandLines {
    private static final Logger LOGGER = LoggerFactory.getLogger(CommandLines.class);
    private static final String PROGRAM = "peerdist: ";

    private CommandLines() {}

    /**
     * A command line for {@code command} and the subcommands its annotation names. It reads sizes, times and addresses, has
     * {@link LoggingOptions} everywhere and applies them, and turns failures into {@link ExitCode}s.
     */
    public static CommandLine create(Object command) {
        return configure(new CommandLine(command));
    }

    /** The same for a command line that has all its subcommands already. */
    public static CommandLine configure(CommandLine commandLine) {
        addLoggingOptions(commandLine);
        return commandLine
                .registerConverter(DataSize.class, converter(DataSize::parse))
                .registerConverter(Duration.class, converter(Durations::parse))
                .registerConverter(HostPort.class, converter(HostPort::parse))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(CommandLines::run)
                .setParameterExceptionHandler(CommandLines::explainUsage)
                .setExecutionExceptionHandler((failure, command, parsed) -> explainFailure(failure, command));
    }

    private static void addLoggingOptions(CommandLine commandLine) {
        CommandSpec command = commandLine.getCommandSpec();
        if (mixin(command, LoggingOptions.class).isEmpty()) {
            command.addMixin("logging", CommandSpec.forAnnotatedObject(new LoggingOptions()));
        }
        commandLine.getSubcommands().values().forEach(CommandLines::addLoggingOptions);
    }

    private static int run(ParseResult parsed) {
        CommandSpec command = parsed.asCommandLineList()
                .get(parsed.asCommandLineList().size() - 1)
                .getCommandSpec();
        // A daemon tells what it does, a command only what went wrong.
        boolean daemon = mixin(command, ManagementOptions.class).isPresent();
        String defaultLevel = daemon ? "info" : "warn";
        mixin(command, LoggingOptions.class).orElseGet(LoggingOptions::new).apply(defaultLevel);
        mixin(command, TraceOptions.class).ifPresent(TraceOptions::apply);
        return new CommandLine.RunLast().execute(parsed);
    }

    private static <T> Optional<T> mixin(CommandSpec command, Class<T> type) {
        return mixins(command)
                .map(CommandSpec::userObject)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    /** Those of the command, and those within them. */
    private static Stream<CommandSpec> mixins(CommandSpec command) {
        return command.mixins().values().stream().flatMap(mixin -> Stream.concat(Stream.of(mixin), mixins(mixin)));
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        };
    }

    private static int explainUsage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(PROGRAM + sentence(failure, command));
        err.println("Try '" + command.getCommandSpec().qualifiedName(" ") + " --help'.");
        err.flush();
        return ExitCode.USAGE.code();
    }

    private static String sentence(ParameterException failure, CommandLine command) {
        String hint = "";
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            String bare = word.indexOf('=') > 0 ? word.substring(0, word.indexOf('=')) : word;
            hint = NearestName.hint(bare, words(command, bare.startsWith("-")));
        }
        return String.valueOf(failure.getMessage()).replace("\n", " ") + hint;
    }

    private static List<String> words(CommandLine command, boolean options) {
        List<String> words = new ArrayList<>();
        if (options) {
            command.getCommandSpec().options().forEach(option -> words.addAll(List.of(option.names())));
        } else {
            words.addAll(command.getSubcommands().keySet());
        }
        return words;
    }

    private static int explainFailure(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        LOGGER.debug("{}: failed", command.getCommandName(), failure);
        int exitCode;
        if (failure instanceof FailureException known) {
            err.println(PROGRAM + known.sentence());
            exitCode = known.exitCode().code();
        } else {
            err.println(PROGRAM + "unexpected failure: " + failure
                    + "; run with --log-level debug for the details and report it");
            exitCode = ExitCode.INTERNAL.code();
        }
        err.flush();
        return exitCode;
    }
}
