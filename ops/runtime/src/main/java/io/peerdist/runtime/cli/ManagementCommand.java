// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands that ask a running daemon share; each daemon extends it for its own commands. */
@Command(mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
@SuppressWarnings("NullAway.Init") // picocli sets the specification
public abstract class ManagementCommand implements Callable<Integer> {
    @Mixin
    private final ManagementClient client;

    @Spec
    private CommandSpec spec;

    /** @param client of the daemon that is asked */
    protected ManagementCommand(ManagementClient client) {
        this.client = client;
    }

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ExitCode result = run(client, out);
        out.flush();
        return result.code();
    }

    /** Asks and prints; the caller flushes. */
    protected abstract ExitCode run(ManagementClient client, PrintWriter out);
}
