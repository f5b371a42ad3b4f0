// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import io.peerdist.agent.cli.AgentCommand;
import io.peerdist.agent.cli.GetCommand;
import io.peerdist.cli.demo.DemoCommand;
import io.peerdist.contentserver.cli.ContentInfoCommand;
import io.peerdist.contentserver.cli.ContentServerCommand;
import io.peerdist.contentserver.cli.SecretCommand;
import io.peerdist.hostedcache.cli.HostedCacheCommand;
import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one command: {@code peerdist} and its subcommands, which the modules bring. */
@Command(
        name = "peerdist",
        description = "An open PeerDist (BranchCache) content distribution cache for branch offices.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            DemoCommand.class,
            GetCommand.class,
            ContentServerCommand.class,
            HostedCacheCommand.class,
            AgentCommand.class,
            ContentInfoCommand.class,
            SecretCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Peerdist {
    private Peerdist() {}

    /** Runs the command and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line with all subcommands, for this process and for tests within theirs. */
    public static CommandLine commandLine() {
        return CommandLines.create(new Peerdist());
    }
}
