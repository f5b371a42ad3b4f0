// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code peerdist hosted-cache flush}. */
@Command(
        name = "flush",
        description = "Empty a running hosted cache: every segment goes, also pinned ones.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings({"UnusedVariable", "NullAway.Init"}) // picocli reads the mixins and sets the specification
final class FlushCommand implements Callable<Integer> {
    @Mixin
    private ManagementClient client = new ManagementClient();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Map<?, ?> result = client.parse(client.post("flush"));
        out.println("dropped " + result.get("blocks") + " blocks");
        out.flush();
        return ExitCode.OK.code();
    }
}
