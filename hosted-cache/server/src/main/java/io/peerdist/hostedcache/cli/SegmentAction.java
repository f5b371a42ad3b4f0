// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.LoggingOptions;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the commands about one segment share. */
@SuppressWarnings({"UnusedVariable", "NullAway.Init"}) // picocli sets the parameter and reads the mixins
abstract sealed class SegmentAction implements Callable<Integer>
        permits ShowCommand, EvictCommand, PinCommand, UnpinCommand {
    @Parameters(paramLabel = "ID", description = "The segment's identifier (HoHoDk): 64, 96 or 128 hexadecimal digits.")
    private String id;

    @Mixin
    private ManagementClient client = new ManagementClient();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        print(client.parse(act(client, "segments/" + id)), id, out);
        out.flush();
        return ExitCode.OK.code();
    }

    /** Asks the hosted cache; {@code route} leads to the segment. */
    abstract String act(ManagementClient client, String route);

    /** Says what was done. */
    abstract void print(Map<?, ?> answer, String id, PrintWriter out);
}
