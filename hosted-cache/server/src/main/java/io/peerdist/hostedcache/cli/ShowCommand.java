// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.ManagementClient;
import io.peerdist.runtime.cli.TextTable;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache show}. */
@Command(name = "show", description = "Show what a running hosted cache knows of a segment.")
final class ShowCommand extends SegmentAction {
    @Override
    String act(ManagementClient client, String route) {
        return client.get(route);
    }

    @Override
    void print(Map<?, ?> answer, String id, PrintWriter out) {
        TextTable table = new TextTable();
        answer.forEach(table::row);
        table.print(out);
    }
}
