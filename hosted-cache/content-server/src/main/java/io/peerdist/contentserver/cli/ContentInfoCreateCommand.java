// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.ContentServerSettings;
import io.peerdist.contentserver.SecretKeys;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.HashedContent;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist content-info create}. */
@Command(
        name = "create",
        description = "Hash a file and write its content information.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ContentInfoCreateCommand implements Callable<Integer> {
    private static final int RANDOM_KEY_BYTES = 32;

    @Parameters(paramLabel = "FILE", description = "The file to hash.")
    private Path file = Path.of("");

    @Option(names = "--content-version", paramLabel = "1|2", description = "Default: 2.")
    private int contentVersion = 2;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "Where to write the content information. It holds the keys to the content.")
    private Path output = Path.of("");

    @Option(
            names = "--secret-file",
            paramLabel = "F",
            description = "The octets of this file are the secret key. Default: a random key, so that the segment ids"
                    + " are no server's.")
    private @Nullable Path secretFile;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (spec != null && (contentVersion < 1 || contentVersion > 2)) {
            throw new ParameterException(
                    spec.commandLine(), "--content-version: " + contentVersion + " (expected: 1 or 2)");
        }
        HashedContent hashed = hash().orElseThrow(() -> new FailureException(
                ExitCode.WORK_FAILED, file + ": is empty, and there is no content information of nothing"));
        ContentInformation information = contentVersion == 1 ? hashed.v1() : hashed.v2();
        write(information.encode());
        return ExitCode.OK.code();
    }

    private Optional<HashedContent> hash() throws InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                HashingPipeline pipeline = new HashingPipeline(
                        ContentServerSettings.defaultHashThreads(), InformationFiles.digests(channel.size()))) {
            return pipeline.hash(channel, ContentSecrets.derive(key()), () -> false);
        } catch (IOException e) {
            throw InformationFiles.unusable(file, e);
        }
    }

    private SecretKey key() {
        if (secretFile != null) {
            return SecretKeys.read(secretFile);
        }
        byte[] octets = new byte[RANDOM_KEY_BYTES];
        new SecureRandom().nextBytes(octets);
        return SecretKey.of(octets);
    }

    /** Under another name first: whoever finds OUT finds it whole. */
    private void write(byte[] octets) {
        try {
            Path directory =
                    Optional.ofNullable(output.toAbsolutePath().getParent()).orElse(Path.of("/"));
            Path unfinished = Files.createTempFile(directory, ".content-info", ".new"); // for the owner only
            try {
                Files.write(unfinished, octets);
                Files.move(unfinished, output, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.WORK_FAILED, output + ": cannot be written (" + e + "); check the directory", e);
        }
    }
}
