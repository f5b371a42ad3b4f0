// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;

/** {@code peerdist content-info}. */
@Command(
        name = "content-info",
        description = "Make, show and check content information (MS-PCCRC).",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {ContentInfoCreateCommand.class, ContentInfoShowCommand.class, ContentInfoVerifyCommand.class})
public final class ContentInfoCommand {}
