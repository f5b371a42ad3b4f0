// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import io.peerdist.runtime.LoggingSetup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TraceOptionsTest {
    private final Logger messages = (Logger) LoggerFactory.getLogger(LoggingSetup.TRACE_LOGGER);

    @Command(name = "run")
    private static final class WithFile implements Runnable {
        @Mixin
        private final DaemonOptions daemon = new DaemonOptions();

        @Override
        public void run() {
            assertThat(daemon.configFile()).isEmpty();
        }
    }

    @Command(name = "run")
    private static final class WithoutFile implements Runnable {
        @Mixin
        private final TraceOptions tracing = new TraceOptions();

        @Override
        public void run() {
            assertThat(tracing).isNotNull();
        }
    }

    @AfterEach
    void silence() {
        messages.setLevel(null);
    }

    @Test
    void logsNoMessagesUnlessTold() {
        assertThat(CommandLines.create(new WithFile()).execute()).isZero();

        assertThat(messages.isTraceEnabled()).isFalse();
    }

    @Test
    void logsMessagesAndNothingElseThatTheLevelHides() {
        for (Runnable command : new Runnable[] {new WithFile(), new WithoutFile()}) {
            messages.setLevel(null);

            assertThat(CommandLines.create(command).execute("--trace", "--log-level=error"))
                    .isZero();

            assertThat(messages.isTraceEnabled()).isTrue();
            assertThat(LoggerFactory.getLogger("io.peerdist").isInfoEnabled()).isFalse();
        }
    }
}
