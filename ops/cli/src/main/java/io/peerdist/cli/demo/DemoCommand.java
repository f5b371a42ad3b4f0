// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code peerdist demo [FILE|DIR]}: a content server, a hosted cache and two agents on loopback; the first agent fetches
 * over the "WAN" and offers to the hosted cache, the second takes the bytes from there.
 */
@Command(
        name = "demo",
        description = {
            "Shows the main job on this machine: a content server, a hosted cache and two agents on loopback.",
            "The first agent fetches over the \"WAN\", the hosted cache pulls from it, the second agent takes the "
                    + "bytes from the hosted cache."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE|DIR", description = "What to fetch; without it, 64 MiB made here.")
    private @Nullable Path source;

    @Option(
            names = "--content-version",
            paramLabel = "1|2",
            defaultValue = "2",
            description = "Version of the content information the agents ask for (default: ${DEFAULT-VALUE}).")
    private int contentVersion;

    @Override
    public Integer call() throws InterruptedException {
        if (contentVersion != 1 && contentVersion != 2) {
            throw new FailureException(ExitCode.USAGE, "--content-version: " + contentVersion + " (expected: 1 or 2)");
        }
        if (source != null && !Files.isReadable(source)) {
            throw new FailureException(
                    ExitCode.USAGE, source + " is not there or not readable; name a file or a directory");
        }
        if (spec == null) {
            throw new IllegalStateException("demo runs only as a command");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (DemoWorkspace workspace = DemoWorkspace.create(source)) {
            return new Demo(workspace, contentVersion, out).run().code();
        }
    }
}
