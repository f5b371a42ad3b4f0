// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache unpin}. */
@Command(name = "unpin", description = "Let a segment be evicted for space again.")
final class UnpinCommand extends SegmentAction {
    @Override
    String act(ManagementClient client, String route) {
        return client.post(route + "/unpin");
    }

    @Override
    void print(Map<?, ?> answer, String id, PrintWriter out) {
        out.println("unpinned " + id);
    }
}
