// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist agent flush}. */
@Command(name = "flush", description = "Empty the local cache of a running agent and say what was removed.")
final class AgentFlushCommand extends AgentQuestion {
    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        Map<?, ?> removed = client.parse(client.post("flush"));
        out.println("removed " + removed.get("blocks") + " blocks from the local cache");
        return ExitCode.OK;
    }
}
