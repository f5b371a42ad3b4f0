// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.digest.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files with content information, as a user names them. */
final class InformationFiles {
    /** Content information of some 700 GiB; larger files are surely something else. */
    private static final int MAX_BYTES = 512 << 20;

    private InformationFiles() {}

    static ContentInformation read(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            byte[] octets = input.readNBytes(MAX_BYTES + 1);
            if (octets.length > MAX_BYTES) {
                throw new FailureException(
                        ExitCode.WORK_FAILED, file + ": more than " + MAX_BYTES + " octets; no content information");
            }
            return ContentInformation.decode(ByteBuffer.wrap(octets));
        } catch (MalformedMessageException e) {
            throw new FailureException(ExitCode.WORK_FAILED, file + ": no content information: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** What to hash so many octets with. */
    static DigestSource digests(long bytes) {
        return bytes < Digests.WORTHWHILE_BYTES ? DigestSource.PLATFORM : Digests::newDigest;
    }

    static FailureException unusable(Path file, IOException e) {
        String reason = e instanceof NoSuchFileException ? "there is no such file" : e.toString();
        return new FailureException(ExitCode.WORK_FAILED, file + ": " + reason, e);
    }
}
