// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache pin}. */
@Command(name = "pin", description = "Keep a segment from being evicted for space.")
final class PinCommand extends SegmentAction {
    @Override
    String act(ManagementClient client, String route) {
        return client.post(route + "/pin");
    }

    @Override
    void print(Map<?, ?> answer, String id, PrintWriter out) {
        out.println("pinned " + id);
    }
}
