// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.cli.doctor.Commands.End;
import io.peerdist.runtime.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SystemCommandsTest {
    private final SystemCommands commands = new SystemCommands(Map.of("PATH", ".:relative"), Clock.system()::nanoTime);

    @Test
    void tellsHowProgramsEnd() throws InterruptedException {
        assertThat(commands.run("echo", "well")).isEqualTo(new Commands.Output(End.DONE, "well\n"));
        assertThat(commands.run("no-such-program").end()).isEqualTo(End.ABSENT);
        assertThat(commands.run("sh", "-c", "echo not permitted >&2; exit 3"))
                .isEqualTo(new Commands.Output(End.FAILED, "not permitted"));
    }

    @Test
    void endsAProgramThatTakesTooLong() throws InterruptedException {
        AtomicLong now = new AtomicLong();
        SystemCommands hasty = new SystemCommands(Map.of(), () -> now.getAndAdd(TimeUnit.SECONDS.toNanos(2)));

        assertThat(hasty.run("sleep", "600").end()).isEqualTo(End.TIMED_OUT);
    }
}
