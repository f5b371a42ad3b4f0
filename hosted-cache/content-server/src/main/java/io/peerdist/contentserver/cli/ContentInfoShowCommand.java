// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.cli.VersionProvider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peerdist content-info show}: everything but the secrets. */
@Command(
        name = "show",
        description = "Show what a file of content information says. Secrets are left out.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ContentInfoShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The content information.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ContentInformation information = InformationFiles.read(file);
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(json(information));
            } else {
                print(information, out);
            }
            out.flush();
        }
        return ExitCode.OK.code();
    }

    private static void print(ContentInformation information, PrintWriter out) {
        out.printf("version         %d.0%n", information.version());
        out.printf("hash algorithm  %s%n", information.hashAlgorithm());
        out.printf(
                "content range   %d octets at %d%n",
                information.range().length(), information.range().offset());
        out.printf("encoded length  %d octets%n", information.encodedBytes());
        out.printf("segments        %d%n%n", information.segments().size());
        out.printf("%14s %10s %11s  %s%n", "offset", "octets", "blocks", "segment id (HoHoDk)");
        for (SegmentDescription segment : information.segments()) {
            out.printf(
                    "%14d %10d %11s  %s%n",
                    segment.offsetInContent(),
                    segment.segmentBytes(),
                    segment.listedBlockCount() + "/" + segment.blockCount(),
                    segment.id());
        }
    }

    private static JsonObject json(ContentInformation information) {
        JsonArray segments = new JsonArray();
        for (SegmentDescription segment : information.segments()) {
            segments.add(new JsonObject()
                    .put("id", segment.id().toString())
                    .put("offset", segment.offsetInContent())
                    .put("bytes", segment.segmentBytes())
                    .put("blocks", segment.blockCount())
                    .put("listedBlocks", segment.listedBlockCount()));
        }
        return new JsonObject()
                .put("version", information.version())
                .put("hashAlgorithm", information.hashAlgorithm().name())
                .put("rangeOffset", information.range().offset())
                .put("rangeBytes", information.range().length())
                .put("encodedBytes", information.encodedBytes())
                .put("segments", segments);
    }
}
