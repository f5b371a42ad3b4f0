// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.ManagementClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peerdist hosted-cache export}. */
@Command(
        name = "export",
        description = {
            "Write the blocks that a running hosted cache holds as a tree of files, encrypted as they are, for a web server or"
                    + " an object store.",
            "The file of a block is DIR/<first two digits of the id>/<id>-<block>.blk. A file is written whole or not at all;"
                    + " what is there already is left alone, so an interrupted export can be started again. Nothing is"
                    + " deleted."
        },
        footer = "Exit codes: 0 all is written, 1 some of it is not, 2 the command line is wrong.")
@SuppressWarnings("NullAway.Init") // picocli sets the specification and the required option
final class ExportCommand extends HostedCacheQuestion {
    private static final int PAGE_SEGMENTS = 500;
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    @Option(names = "--static", paramLabel = "DIR", required = true, description = "Where to write; made if missing.")
    private Path directory;

    @Option(
            names = "--cache",
            paramLabel = "HOST:PORT",
            description = "Where the hosted cache serves clients. Default: what its management port says.")
    private @Nullable HostPort cache;

    @Option(names = "--quiet", description = "Say nothing of the progress.")
    private boolean quiet;

    @Spec
    private CommandSpec command;

    @Override
    protected ExitCode run(ManagementClient client, PrintWriter out) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new FailureException(ExitCode.USAGE, "--static: " + directory + " (expected: a directory)");
        }
        StaticExport export = new StaticExport(new StaticTree(directory), new BlockDownload(address(client)));
        Object cursor = "";
        while (cursor != null) {
            Map<?, ?> page = client.parse(client.get("segments?limit=" + PAGE_SEGMENTS + "&cursor=" + cursor));
            write(export, page.get("segments") instanceof List<?> segments ? segments : List.of());
            cursor = page.get("next");
            if (!quiet && cursor != null) {
                PrintWriter err = command.commandLine().getErr();
                err.println(export.progress() + " so far");
                err.flush();
            }
        }
        finish(export);
        out.println("exported " + export.progress() + ", to " + directory);
        return export.failed() == 0 ? ExitCode.OK : ExitCode.WORK_FAILED;
    }

    private HostPort address(ManagementClient client) {
        HostPort explicit = cache;
        if (explicit != null) {
            return explicit;
        }
        String said = String.valueOf(client.parse(client.get("status")).get("http"));
        try {
            HostPort address = HostPort.parse(said);
            return ANY_ADDRESS.contains(address.host()) ? new HostPort(client.host(), address.port()) : address;
        } catch (IllegalArgumentException e) {
            throw new FailureException(
                    ExitCode.WORK_FAILED,
                    "the management port says that the cache serves at " + said + "; name the place with --cache",
                    e);
        }
    }

    private void write(StaticExport export, List<?> segments) {
        for (Object segment : segments) {
            try {
                if (segment instanceof Map<?, ?> map) {
                    export.segment(String.valueOf(map.get("id")), String.valueOf(map.get("ranges")));
                }
            } catch (IOException e) {
                throw stopped(export, e);
            }
        }
    }

    private void finish(StaticExport export) {
        try {
            export.finish();
        } catch (IOException e) {
            throw stopped(export, e);
        }
    }

    private FailureException stopped(StaticExport export, IOException e) {
        return new FailureException(
                ExitCode.WORK_FAILED,
                "export to " + directory + " stopped after " + export.progress() + ": " + reason(e)
                        + "; start it again to go on",
                e);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null || e instanceof java.nio.file.FileSystemException ? e.toString() : e.getMessage();
    }
}
