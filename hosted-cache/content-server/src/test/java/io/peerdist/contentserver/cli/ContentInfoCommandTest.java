// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.runtime.cli.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class ContentInfoCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path content;
    private Path information;
    private Path secret;

    @BeforeEach
    void writeFiles() throws IOException {
        content = Files.write(directory.resolve("content"), Gen.ofSeed(5).bytes(400_000));
        information = directory.resolve("information");
        secret = Files.writeString(directory.resolve("secret"), "branch");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void createsWhatItVerifies(int version) {
        assertThat(create(version)).isZero();
        assertThat(run("verify", information, content)).isZero();
        assertThat(out.toString()).contains("blocks agree");
    }

    @Test
    void derivesKeysFromTheOctetsOfTheSecretFile() throws IOException {
        create(1);

        ContentInformation made = ContentInformation.decode(ByteBuffer.wrap(Files.readAllBytes(information)));
        SegmentDescription segment = made.segments().get(0);
        ContentSecrets secrets = ContentSecrets.derive(SecretKey.of("branch".getBytes(StandardCharsets.US_ASCII)));
        assertThat(made.version()).isEqualTo(1);
        assertThat(segment.secret().toByteArray())
                .isEqualTo(made.hashAlgorithm()
                        .hmac(secrets.v1().toByteArray(), segment.hashOfData().toByteArray()));
    }

    @Test
    void findsEveryDifference() throws IOException {
        create(2);
        byte[] octets = Files.readAllBytes(content);
        octets[399_999] ^= 1;
        Files.write(directory.resolve("flipped"), octets);
        Files.write(directory.resolve("shorter"), Arrays.copyOf(octets, 399_999));
        octets[399_999] ^= 1;
        Files.write(directory.resolve("longer"), Arrays.copyOf(octets, 400_001));

        for (String name : new String[] {"flipped", "shorter", "longer"}) {
            assertThat(run("verify", information, directory.resolve(name)))
                    .as(name)
                    .isEqualTo(1);
        }
        assertThat(err.toString()).contains("does not agree");
    }

    @Test
    void showsEverythingButSecrets() throws IOException {
        create(2);
        ContentInformation made = ContentInformation.decode(ByteBuffer.wrap(Files.readAllBytes(information)));

        assertThat(run("show", information)).isZero();
        assertThat(run("show", "--json", information)).isZero();

        for (SegmentDescription segment : made.segments()) {
            assertThat(out.toString())
                    .contains(segment.id().toString())
                    .doesNotContain(HexFormat.of().formatHex(segment.secret().toByteArray()));
        }
        assertThat(out.toString()).contains("400000 octets at 0").contains("\"rangeBytes\":400000");
    }

    @Test
    void explainsWhatItCannotDo() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThat(run("create", empty, "-o", information)).isEqualTo(1);
        assertThat(run("create", directory.resolve("absent"), "-o", information))
                .isEqualTo(1);
        assertThat(run("create", content, "-o", directory.resolve("absent/out")))
                .isEqualTo(1);
        assertThat(run("create", content, "--content-version", "3", "-o", information))
                .isEqualTo(2);
        assertThat(run("create", content)).isEqualTo(2);
        assertThat(run("show", content)).isEqualTo(1);
        assertThat(run("show", directory.resolve("absent"))).isEqualTo(1);
        assertThat(err.toString()).contains("is empty").contains("no such file").contains("no content information");
        assertThat(information).doesNotExist();
    }

    private int create(int version) {
        return run("create", content, "--content-version", version, "-o", information, "--secret-file", secret);
    }

    private int run(Object... words) {
        String[] line = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            line[i] = words[i].toString();
        }
        CommandLine command = CommandLines.create(new ContentInfoCommand());
        return command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(line);
    }
}
