// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands that ask a running hosted cache share. */
@Command(mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
@SuppressWarnings("NullAway.Init") // picocli sets the specification
abstract sealed class ManagementCommand implements Callable<Integer>
        permits StatusCommand, ListCommand, VerifyCommand, FlushCommand, ExportCommand, SegmentAction {
    @Mixin
    private ManagementClient client = new ManagementClient();

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ExitCode result = run(client, out);
        out.flush();
        return result.code();
    }

    /** Asks and prints; the caller flushes. */
    abstract ExitCode run(ManagementClient client, PrintWriter out);
}
