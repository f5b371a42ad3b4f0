// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache verify}. */
@Command(
        name = "verify",
        description =
                "Have a running hosted cache read every block and drop those that are damaged; exit 1 if any was.")
final class VerifyCommand extends HostedCacheQuestion {
    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        Map<?, ?> result = client.parse(client.post("verify"));
        out.println("verified " + result.get("blocks") + " blocks of " + result.get("segments") + " segments, "
                + result.get("bytes") + " bytes: " + result.get("damagedBlocks") + " damaged");
        boolean sound = Long.valueOf(0).equals(result.get("damagedBlocks"));
        return sound ? ExitCode.OK : ExitCode.WORK_FAILED;
    }
}
