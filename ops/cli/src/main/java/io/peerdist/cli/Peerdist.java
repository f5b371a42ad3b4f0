// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli;

import io.peerdist.agent.cli.AgentCommand;
import io.peerdist.agent.cli.GetCommand;
import io.peerdist.cli.demo.DemoCommand;
import io.peerdist.cli.doctor.DoctorCommand;
import io.peerdist.contentserver.cli.ContentInfoCommand;
import io.peerdist.contentserver.cli.ContentServerCommand;
import io.peerdist.contentserver.cli.SecretCommand;
import io.peerdist.hostedcache.cli.HostedCacheCommand;
import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.cli.VersionProvider;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one command: {@code peerdist} and its subcommands, which the modules bring. */
@Command(
        name = "peerdist",
        description = "An open PeerDist (BranchCache) content distribution cache for branch offices.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Peerdist {
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            DoctorCommand.class,
            GetCommand.class,
            ContentServerCommand.class,
            HostedCacheCommand.class,
            AgentCommand.class,
            ContentInfoCommand.class,
            SecretCommand.class);

    private Peerdist() {}

    /** Runs the command and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /**
     * The command line for {@code arguments}: with the subcommand that they name alone, as making all of them takes longer
     * than a daemon needs to become ready; with all when they name none.
     */
    public static CommandLine commandLine(String... arguments) {
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> arguments.length > 0
                        && command.getAnnotation(Command.class).name().equals(arguments[0]))
                .toList();
        CommandLine commandLine = new CommandLine(new Peerdist());
        (named.isEmpty() ? COMMANDS : named).forEach(commandLine::addSubcommand);
        return CommandLines.configure(commandLine);
    }
}
