// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;

/** {@code peerdist agent}. */
@Command(
        name = "agent",
        description = "Keep and serve this machine's local cache, or look into a running agent.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            AgentRunCommand.class,
            AgentStatusCommand.class,
            AgentListCommand.class,
            AgentShowCommand.class,
            AgentFlushCommand.class,
            AgentPublishCommand.class
        })
public final class AgentCommand {}
