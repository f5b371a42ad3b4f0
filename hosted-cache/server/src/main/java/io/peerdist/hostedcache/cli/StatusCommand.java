// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.LoggingOptions;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peerdist hosted-cache status}. */
@Command(
        name = "status",
        description = "Show what a running hosted cache holds and does.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
@SuppressWarnings({"UnusedVariable", "NullAway.Init"}) // picocli reads the mixins and sets the specification
final class StatusCommand implements Callable<Integer> {
    private static final double BYTES_PER_MIB = 1 << 20;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ManagementClient client = new ManagementClient();

    @Mixin
    private LoggingOptions logging = new LoggingOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String answer = client.get("status");
        if (json) {
            out.println(answer);
            out.flush();
            return ExitCode.OK.code();
        }
        Map<?, ?> status = client.parse(answer);
        Map<?, ?> store = status.get("store") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> pulls = status.get("pulls") instanceof Map<?, ?> map ? map : Map.of();
        new TextTable()
                .row("Version", status.get("version"))
                .row("Serving at", status.get("http"))
                .row("Segments", store.get("segments"))
                .row("Blocks", store.get("blocks"))
                .row("Used", mebibytes(store.get("usedBytes")) + " of " + mebibytes(store.get("limitBytes")))
                .row("Pinned", mebibytes(store.get("pinnedBytes")))
                .row("To pull", pulls.get("wanted") + " segments, " + pulls.get("active") + " under way")
                .print(out);
        return ExitCode.OK.code();
    }

    private static String mebibytes(@Nullable Object bytes) {
        return bytes instanceof Long count ? String.format(Locale.ROOT, "%.1f MiB", count / BYTES_PER_MIB) : "unknown";
    }
}
