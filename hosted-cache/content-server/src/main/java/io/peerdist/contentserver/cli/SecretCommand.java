// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;

/** {@code peerdist secret}. */
@Command(
        name = "secret",
        description = "Make secret keys of content servers, and exchange them with Windows (MS-PCCRC 2.5).",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {SecretGenerateCommand.class, SecretImportCommand.class, SecretExportCommand.class})
public final class SecretCommand {}
