// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.ManagementCommand;

/** What the commands that ask a running agent share. */
abstract sealed class AgentQuestion extends ManagementCommand
        permits AgentStatusCommand, AgentListCommand, AgentShowCommand, AgentFlushCommand {
    AgentQuestion() {
        super(new ManagementClient("agent", AgentConfiguration.DEFAULT_MANAGEMENT_PORT));
    }
}
