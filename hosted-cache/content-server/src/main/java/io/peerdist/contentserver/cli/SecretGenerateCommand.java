// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.SecretKeys;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.VersionProvider;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code peerdist secret generate}. */
@Command(
        name = "generate",
        description = "Make a secret key, random or as Windows makes it of a passphrase, for --secret-file.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class SecretGenerateCommand implements Callable<Integer> {
    private final PassphraseSource passphrases;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write the key, for the owner only. Default: secret-key.")
    private Path output = Path.of("secret-key");

    @Option(names = "--force", description = "Replace FILE if it exists. Its key is lost then.")
    private boolean force;

    @Option(
            names = "--from-passphrase",
            description =
                    "Derive the key from a passphrase, as 'netsh branchcache set key' does, so that Windows content"
                            + " servers and this one give the same segment ids. Such a key can be guessed as easily as the"
                            + " passphrase.")
    private boolean fromPassphrase;

    @Mixin
    private PassphraseOptions passphraseOptions = new PassphraseOptions();

    @Spec
    private @Nullable CommandSpec spec;

    SecretGenerateCommand() {
        this(PassphraseSource.ofProcess());
    }

    SecretGenerateCommand(PassphraseSource passphrases) {
        this.passphrases = passphrases;
    }

    @Override
    public Integer call() {
        if (spec != null && passphraseOptions.isGiven() && !fromPassphrase) {
            throw new ParameterException(
                    spec.commandLine(), "--passphrase-file: of no use (expected: together with --from-passphrase)");
        }
        SecretKey key = fromPassphrase ? derived() : SecretKeys.generate(new SecureRandom());
        SecretFiles.write(output, key.toByteArray(), force);
        SecretFiles.print(spec, output, key);
        return ExitCode.OK.code();
    }

    private SecretKey derived() {
        try (Passphrase passphrase = passphraseOptions.read(passphrases, "the content servers", true)) {
            return SecretKeys.ofPassphrase(passphrase.text());
        }
    }
}
