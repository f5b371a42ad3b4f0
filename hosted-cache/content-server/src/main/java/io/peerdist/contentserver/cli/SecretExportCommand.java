// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SecretKeyFile;
import io.peerdist.contentserver.SecretKeys;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.VersionProvider;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist secret export}. */
@Command(
        name = "export",
        description = "Write a secret key to a key file for Windows (netsh branchcache importkey, Import-BCSecretKey).",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class SecretExportCommand implements Callable<Integer> {
    private final PassphraseSource passphrases;

    @Parameters(paramLabel = "FILE", description = "The secret key: what --secret-file names, or secret-key in DATA.")
    private Path secretFile = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "KEYFILE",
            required = true,
            description = "Where to write the key file. It is encrypted, but no better than its passphrase.")
    private Path output = Path.of("");

    @Option(names = "--force", description = "Replace KEYFILE if it exists.")
    private boolean force;

    @Mixin
    private PassphraseOptions passphraseOptions = new PassphraseOptions();

    @Spec
    private @Nullable CommandSpec spec;

    SecretExportCommand() {
        this(PassphraseSource.ofProcess());
    }

    SecretExportCommand(PassphraseSource passphrases) {
        this.passphrases = passphrases;
    }

    @Override
    public Integer call() {
        SecretKey key = SecretKeys.read(secretFile);
        byte[] file;
        try (Passphrase passphrase = passphraseOptions.read(passphrases, output.toString(), true)) {
            file = SecretKeyFile.encode(key, passphrase.text());
        }
        SecretFiles.write(output, file, force);
        SecretFiles.print(spec, output, key);
        return ExitCode.OK.code();
    }
}
