// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.cli.StandardOptions;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peerdist agent}. */
@Command(
        name = "agent",
        description = "Keep and serve this machine's local cache.",
        versionProvider = VersionProvider.class,
        subcommands = AgentRunCommand.class)
public final class AgentCommand {
    @Mixin
    private StandardOptions standard = new StandardOptions();

    /** The options that every command has. */
    public StandardOptions standard() {
        return standard;
    }
}
