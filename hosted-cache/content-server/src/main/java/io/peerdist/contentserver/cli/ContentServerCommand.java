// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.StandardOptions;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peerdist content-server}. */
@Command(
        name = "content-server",
        description = "Serve files to branch offices, as bytes or as content information.",
        versionProvider = VersionProvider.class,
        subcommands = ContentServerRunCommand.class)
public final class ContentServerCommand {
    @Mixin
    private StandardOptions standard = new StandardOptions();

    /** The options that every command has. */
    public StandardOptions standard() {
        return standard;
    }
}
