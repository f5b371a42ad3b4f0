// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import io.peerdist.cli.demo.DemoCommand;
import io.peerdist.contentserver.cli.ContentInfoCommand;
import io.peerdist.contentserver.cli.ContentServerCommand;
import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.cli.StandardOptions;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The one command: {@code peerdist} and its subcommands, which the modules bring. */
@Command(
        name = "peerdist",
        description = "An open PeerDist (BranchCache) content distribution cache for branch offices.",
        versionProvider = VersionProvider.class,
        subcommands = {DemoCommand.class, ContentServerCommand.class, ContentInfoCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Peerdist {
    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli fills and reads it
    private final StandardOptions standard = new StandardOptions();

    private Peerdist() {}

    /** Runs the command and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(CommandLines.create(new Peerdist()).execute(arguments));
    }
}
