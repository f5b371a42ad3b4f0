// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;

/** {@code peerdist content-server}. */
@Command(
        name = "content-server",
        description = "Serve files to branch offices, as bytes or as content information.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = ContentServerRunCommand.class)
public final class ContentServerCommand {}
