// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist content-info verify}: whether every listed block of a content has the hash that is listed. */
@Command(
        name = "verify",
        description = "Check a file against content information, block by block.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ContentInfoVerifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The content information.")
    private Path informationFile = Path.of("");

    @Parameters(index = "1", paramLabel = "CONTENT", description = "The whole content that it is said to describe.")
    private Path contentFile = Path.of("");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ContentInformation information = InformationFiles.read(informationFile);
        long checked = 0;
        try (FileChannel content = FileChannel.open(contentFile, StandardOpenOption.READ)) {
            BlockHasher hasher = new BlockHasher(InformationFiles.digests(content.size()));
            for (SegmentDescription segment : information.segments()) {
                checked += verify(segment, content, hasher);
            }
            if (information.range().end() != content.size()) {
                throw failure(content.size() + " octets (expected: "
                        + information.range().end() + ")");
            }
        } catch (IOException e) {
            throw InformationFiles.unusable(contentFile, e);
        }
        if (spec != null) {
            spec.commandLine().getOut().printf("%s: %d blocks agree%n", contentFile, checked);
            spec.commandLine().getOut().flush();
        }
        return ExitCode.OK.code();
    }

    private int verify(SegmentDescription segment, FileChannel content, BlockHasher hasher) throws IOException {
        byte[] block = new byte[segment.blockLength(0)];
        for (int i = 0; i < segment.listedBlockCount(); i++) {
            long offset = segment.offsetInContent() + (long) i * segment.blockBytes();
            int length = segment.blockLength(i);
            ByteBuffer target = ByteBuffer.wrap(block, 0, length);
            int read;
            do {
                read = content.read(target, offset + target.position());
            } while (read > 0);
            if (target.hasRemaining() || !hasher.matches(segment, i, block, 0, length)) {
                throw failure(length + " octets at " + offset + " are not block " + i + " of segment " + segment.id());
            }
        }
        return segment.listedBlockCount();
    }

    private FailureException failure(String reason) {
        return new FailureException(
                ExitCode.WORK_FAILED, contentFile + ": does not agree with " + informationFile + ": " + reason);
    }
}
