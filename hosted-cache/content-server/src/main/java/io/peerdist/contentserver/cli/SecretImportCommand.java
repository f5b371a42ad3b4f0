// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SecretKeyFile;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist secret import}. */
@Command(
        name = "import",
        description =
                "Read the secret key from a key file of Windows (netsh branchcache exportkey, Export-BCSecretKey).",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class SecretImportCommand implements Callable<Integer> {
    private final PassphraseSource passphrases;

    @Parameters(paramLabel = "KEYFILE", description = "The encrypted key file.")
    private Path keyFile = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "Where to write the key, for the owner only; then it is good for --secret-file.")
    private Path output = Path.of("");

    @Option(names = "--force", description = "Replace FILE if it exists. Its key is lost then.")
    private boolean force;

    @Mixin
    private PassphraseOptions passphraseOptions = new PassphraseOptions();

    @Spec
    private @Nullable CommandSpec spec;

    SecretImportCommand() {
        this(PassphraseSource.ofProcess());
    }

    SecretImportCommand(PassphraseSource passphrases) {
        this.passphrases = passphrases;
    }

    @Override
    public Integer call() {
        byte[] file = read();
        SecretKey key;
        try (Passphrase passphrase = passphraseOptions.read(passphrases, keyFile.toString(), false)) {
            key = SecretKeyFile.decode(file, passphrase.text());
        } catch (MalformedMessageException e) {
            throw SecretFiles.failure(keyFile + ": cannot be decrypted: " + e.getMessage(), e);
        }
        SecretFiles.write(output, key.toByteArray(), force);
        SecretFiles.print(spec, output, key);
        return ExitCode.OK.code();
    }

    private byte[] read() {
        try (InputStream input = Files.newInputStream(keyFile)) {
            return input.readNBytes(SecretKeyFile.MAX_FILE_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw SecretFiles.failure(keyFile + ": there is no such file", e);
        } catch (IOException e) {
            throw SecretFiles.failure(keyFile + ": cannot be read (" + e + ")", e);
        }
    }
}
