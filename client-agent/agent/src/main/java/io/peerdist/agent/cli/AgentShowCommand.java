// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peerdist agent show}. */
@Command(name = "show", description = "Show what a running agent holds of a segment.")
@SuppressWarnings("NullAway.Init") // picocli sets the parameter
final class AgentShowCommand extends AgentQuestion {
    @Parameters(paramLabel = "ID", description = "The segment's identifier (HoHoDk): 64, 96 or 128 hexadecimal digits.")
    private String id;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        String answer = client.get("segments/" + checked(id));
        if (json) {
            out.println(answer);
            return ExitCode.OK;
        }
        TextTable table = new TextTable();
        client.parse(answer).forEach(table::row);
        table.print(out);
        return ExitCode.OK;
    }

    /** Checked here, as what is no identifier may not even be part of a URL. */
    private static SegmentId checked(String text) {
        try {
            return SegmentId.ofHex(text);
        } catch (IllegalArgumentException e) {
            throw new FailureException(
                    ExitCode.USAGE, "segment id: " + text + " (expected: 64, 96 or 128 hexadecimal digits)", e);
        }
    }
}
