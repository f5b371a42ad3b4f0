// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.ManagementClient;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache evict}. */
@Command(name = "evict", description = "Remove a segment from a running hosted cache, also a pinned one.")
final class EvictCommand extends SegmentAction {
    @Override
    String act(ManagementClient client, String route) {
        return client.delete(route);
    }

    @Override
    void print(Map<?, ?> answer, String id, PrintWriter out) {
        out.println("evicted " + id);
    }
}
