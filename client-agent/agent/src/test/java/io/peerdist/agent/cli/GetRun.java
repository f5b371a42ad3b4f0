// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.Clock;
import io.peerdist.runtime.cli.CommandLines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs {@code peerdist get} within the test and keeps what it says. */
final class GetRun {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    /** What went to standard output as bytes. */
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    /** What is to be read from standard input. */
    String input = "";

    /** Runs it with its local cache in {@code directory}, on loopback alone; returns the exit code. */
    int get(Path directory, boolean terminal, String... arguments) {
        CommandContext context = new CommandContext(
                Map.of("XDG_CACHE_HOME", directory.toString(), "COLUMNS", "200"),
                terminal,
                () -> new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                () -> bytes,
                Clock.system());
        CommandLine line = CommandLines.create(new GetCommand(context));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> onLoopback = new ArrayList<>(List.of(arguments));
        if (!onLoopback.contains("--bind")) {
            onLoopback.addAll(List.of("--bind", "127.0.0.1"));
        }
        return line.execute(onLoopback.toArray(String[]::new));
    }

    /** The lines on standard error. */
    List<String> errorLines() {
        return err.toString().lines().toList();
    }
}
