// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.runtime.cli.StandardOptions;
import io.peerdist.runtime.cli.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peerdist content-info}. */
@Command(
        name = "content-info",
        description = "Make, show and check content information (MS-PCCRC).",
        versionProvider = VersionProvider.class,
        subcommands = {ContentInfoCreateCommand.class, ContentInfoShowCommand.class, ContentInfoVerifyCommand.class})
public final class ContentInfoCommand {
    @Mixin
    private StandardOptions standard = new StandardOptions();

    /** The options that every command has. */
    public StandardOptions standard() {
        return standard;
    }
}
