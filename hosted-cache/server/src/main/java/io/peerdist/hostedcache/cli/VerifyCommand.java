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

/** {@code peerdist hosted-cache verify}. */
@Command(
        name = "verify",
        description =
                "Have a running hosted cache read every block and drop those that are damaged; exit 1 if any was.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings({"UnusedVariable", "NullAway.Init"}) // picocli reads the mixins and sets the specification
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private ManagementClient client = new ManagementClient();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Map<?, ?> result = client.parse(client.post("verify"));
        out.println("verified " + result.get("blocks") + " blocks of " + result.get("segments") + " segments, "
                + result.get("bytes") + " bytes: " + result.get("damagedBlocks") + " damaged");
        out.flush();
        boolean sound = Long.valueOf(0).equals(result.get("damagedBlocks"));
        return (sound ? ExitCode.OK : ExitCode.WORK_FAILED).code();
    }
}
