// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands of {@code peerdist secret} write and print. */
final class SecretFiles {
    private SecretFiles() {}

    /** Only for the owner to read, and over another file only if {@code force}. */
    static void write(Path file, byte[] octets, boolean force) {
        try {
            if (force) {
                OwnerOnlyFile.replace(file, octets);
            } else {
                OwnerOnlyFile.create(file, octets);
            }
        } catch (FileAlreadyExistsException e) {
            throw failure(
                    file + ": exists already; name another file, or replace it with --force"
                            + " (a secret key that is gone cannot be made again)",
                    e);
        } catch (IOException e) {
            throw failure(file + ": cannot be written (" + e + "); check the directory", e);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** Names the key without telling it, as daemons do in log and status, so that machines can be compared. */
    static void print(@Nullable CommandSpec spec, Path file, SecretKey key) {
        if (spec != null) {
            spec.commandLine()
                    .getOut()
                    .printf("%s: secret %s%n", file, ContentSecrets.derive(key).shortId());
            spec.commandLine().getOut().flush();
        }
    }

    static FailureException failure(String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.WORK_FAILED, sentence, cause);
    }
}
