// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache flush}. */
@Command(name = "flush", description = "Empty a running hosted cache: every segment goes, also pinned ones.")
final class FlushCommand extends HostedCacheQuestion {
    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        Map<?, ?> result = client.parse(client.post("flush"));
        out.println("dropped " + result.get("blocks") + " blocks");
        return ExitCode.OK;
    }
}
