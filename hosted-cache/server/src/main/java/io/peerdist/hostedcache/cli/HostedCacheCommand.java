// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.runtime.cli.StandardOptions;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peerdist hosted-cache}. */
@Command(
        name = "hosted-cache",
        description = "Run the cache of a branch office, or look into a running one.",
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
            FlushCommand.class
        })
public final class HostedCacheCommand {
    @Mixin
    private StandardOptions standard = new StandardOptions();

    /** The options that every command has. */
    public StandardOptions standard() {
        return standard;
    }
}
