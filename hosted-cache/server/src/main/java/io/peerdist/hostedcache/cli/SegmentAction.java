// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** What the commands about one segment share. */
@SuppressWarnings("NullAway.Init") // picocli sets the parameter
abstract sealed class SegmentAction extends HostedCacheQuestion
        permits ShowCommand, EvictCommand, PinCommand, UnpinCommand {
    @Parameters(paramLabel = "ID", description = "The segment's identifier (HoHoDk): 64, 96 or 128 hexadecimal digits.")
    private String id;

    @Override
    protected final ExitCode run(ManagementClient client, PrintWriter out) {
        print(client.parse(act(client, "segments/" + id)), id, out);
        return ExitCode.OK;
    }

    /** Asks the hosted cache; {@code route} leads to the segment. */
    abstract String act(ManagementClient client, String route);

    /** Says what was done. */
    abstract void print(Map<?, ?> answer, String id, PrintWriter out);
}
