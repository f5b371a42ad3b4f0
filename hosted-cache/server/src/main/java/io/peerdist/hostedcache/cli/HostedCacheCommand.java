// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;

/** {@code peerdist hosted-cache}. */
@Command(
        name = "hosted-cache",
        description = "Run the cache of a branch office, or look into a running one.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            HostedCacheRunCommand.class,
            StatusCommand.class,
            ListCommand.class,
            ShowCommand.class,
            EvictCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            VerifyCommand.class,
            FlushCommand.class,
            ExportCommand.class
        })
public final class HostedCacheCommand {}
