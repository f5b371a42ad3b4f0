// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.peerdist.runtime.BuildVersion;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class CommandLinesTest {
    private final Run run = new Run();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine = CommandLines.configure(new CommandLine(new Root()).addSubcommand(run))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));

    @Command(name = "peerdist", mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
    private static final class Root implements Runnable {
        @Override
        public void run() {}
    }

    @Command(name = "run", mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
    private static final class Run implements Callable<Integer> {
        @Mixin
        private final BindOptions bind = new BindOptions();

        @Mixin
        private final ManagementOptions management = new ManagementOptions();

        @Mixin
        private final DataOptions data = new DataOptions();

        @Mixin
        private final ConfigOptions config = new ConfigOptions();

        @Option(names = "--cache-size")
        private @Nullable DataSize cacheSize;

        @Option(names = "--timeout")
        private @Nullable Duration timeout;

        @Option(names = "--hosted-cache")
        private final List<HostPort> hostedCaches = new ArrayList<>();

        @Option(names = "--http-port", converter = PortConverter.class)
        private @Nullable Integer httpPort;

        private @Nullable Exception failure;

        @Override
        public Integer call() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return ExitCode.OK.code();
        }
    }

    @Test
    void readsSharedOptionsAndTheirTypes() {
        int exitCode = commandLine.execute(
                "run",
                "--bind=[::1]",
                "--management-port=0",
                "--data-dir=/d",
                "--config=/c.yaml",
                "--log-level=WARN",
                "--log-format=json",
                "--cache-size=10GiB",
                "--timeout=15s",
                "--hosted-cache=a:1",
                "--hosted-cache=[::1]:2",
                "--http-port=8080");

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(run.bind.bind()).contains("::1");
        assertThat(run.bind.resolve("0.0.0.0", 80).getAddress().isLoopbackAddress())
                .isTrue();
        assertThat(run.management.port()).hasValue(0);
        assertThat(run.management.resolve(9000).getPort()).isZero();
        assertThat(run.data.directory()).hasToString("Optional[/d]");
        assertThat(run.config.file()).hasToString("Optional[/c.yaml]");
        assertThat(run.cacheSize).isEqualTo(new DataSize(10L << 30));
        assertThat(run.timeout).isEqualTo(Duration.ofSeconds(15));
        assertThat(run.hostedCaches).containsExactly(new HostPort("a", 1), new HostPort("::1", 2));
        assertThat(run.httpPort).isEqualTo(8080);
    }

    @Test
    void keepsTheManagementPortOnThisMachineUnlessToldOtherwise() {
        commandLine.execute("run", "--bind=0.0.0.0");
        assertThat(run.management.resolve(9000).toString()).isEqualTo("/127.0.0.1:9000");

        commandLine.execute("run", "--management-bind=0.0.0.0");
        assertThat(run.management.resolve(9000).getAddress().isAnyLocalAddress())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"--managment-port=1 | --management-port", "--bnd | --bind", "--cache-sice=1 | --cache-size"})
    void suggestsTheOptionThatWasMeant(String option, String suggestion) {
        assertThat(commandLine.execute("run", option)).isEqualTo(2);

        assertThat(err.toString())
                .startsWith("peerdist: Unknown option: '")
                .contains("(did you mean \"" + suggestion + "\"?)")
                .contains("Try 'peerdist run --help'.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        assertThat(commandLine.execute("rum")).isEqualTo(2);
        assertThat(err.toString()).contains("'rum'").contains("(did you mean \"run\"?)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--cache-size=big",
                "--timeout=soon",
                "--hosted-cache=nowhere",
                "--http-port=65536",
                "--http-port=-1",
                "--management-port=x",
                "--log-level=loud",
                "--log-format=xml"
            })
    void saysWhatAValueShouldBe(String option) {
        assertThat(commandLine.execute("run", option)).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("peerdist: Invalid value for option '" + option.substring(0, option.indexOf('=')))
                .contains("expected");
    }

    @ParameterizedTest
    @CsvSource({"WORK_FAILED, 1", "CONFIGURATION, 64", "CANNOT_BIND, 67"})
    void printsOneSentenceAndExitsWithTheCodeOfAFailure(ExitCode exitCode, int expected) {
        run.failure = new FailureException(exitCode, "the sentence");

        assertThat(commandLine.execute("run")).isEqualTo(expected);
        assertThat(err).hasToString("peerdist: the sentence\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void exitsWith70AndNoStackTraceAfterADefect() {
        run.failure = new IllegalStateException("a defect");

        assertThat(commandLine.execute("run")).isEqualTo(70);
        assertThat(err.toString())
                .startsWith("peerdist: unexpected failure: java.lang.IllegalStateException: a defect;")
                .doesNotContain("\tat ");
    }

    @Test
    void tellsItsVersion() {
        assertThat(commandLine.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("peerdist " + BuildVersion.current() + "\n");
    }

    @Test
    void cannotBindToANameThatDoesNotResolve() {
        commandLine.execute("run", "--bind=no.such.name.invalid");

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> run.bind.resolve("::", 80))
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CANNOT_BIND));
    }
}
