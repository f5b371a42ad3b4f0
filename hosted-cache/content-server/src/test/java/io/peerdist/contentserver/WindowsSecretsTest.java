// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SecretKeyFile;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.Hex;
import io.peerdist.contentserver.hashing.ContentSecrets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A Windows content server's key gives our content server its segment ids. The values are not ours to publish, so they stay
 * in a file beside the repository; without it the tests that need it are aborted and say so.
 */
final class WindowsSecretsTest {
    private static final String VECTORS = "shared/vectors/pccrc_vectors.json";
    private static final Pattern KEY = Pattern.compile("\"passphrase\": \"([0-9a-f]+)\"");
    private static final Pattern RAW = Pattern.compile("\"raw\": \"([0-9a-f]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\": \"([0-9a-f]+)\"");

    @Test
    void derivesTheIdsOfAWindowsServerFromItsKeyFile() throws IOException {
        String vectors = vectors();
        byte[] keyFile =
                SecretKeyFile.encode(SecretKey.of(Hex.parse(all(KEY, vectors).get(0))), "carried over");
        ContentSecrets secrets = ContentSecrets.derive(SecretKeyFile.decode(keyFile, "carried over"));

        List<String> ids = new ArrayList<>();
        for (String raw : all(RAW, vectors)) {
            ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(Hex.parse(raw)));
            ServerSecret serverSecret = information.version() == 1 ? secrets.v1() : secrets.v2();
            for (SegmentDescription segment : information.segments()) {
                SegmentSecret ours =
                        SegmentSecret.derive(information.hashAlgorithm(), serverSecret, segment.hashOfData());
                assertThat(ours).isEqualTo(segment.secret());
                ids.add(SegmentId.derive(information.hashAlgorithm(), ours, segment.hashOfData())
                        .toString());
            }
        }

        assertThat(ids).hasSize(3).isEqualTo(all(ID, vectors));
    }

    @Test
    void takesThePassphraseAsUtf16WithoutATerminator() {
        SecretKey key = SecretKeys.ofPassphrase("server secret");

        assertThat(key).isEqualTo(SecretKey.of("server secret".getBytes(StandardCharsets.UTF_16LE)));
        assertThat(key.length()).isEqualTo(26);
        assertThat(SecretKeys.ofPassphrase("\ud83d").toByteArray()).containsExactly(0x3d, 0xd8);
    }

    private static List<String> all(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String vectors() throws IOException {
        Path file = Path.of(VECTORS);
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(VECTORS))) {
                file = folder.resolve(VECTORS);
            }
        }
        Assumptions.assumeTrue(
                Files.exists(file), "no " + VECTORS + " beside the repository: Windows secrets not checked");
        return Files.readString(file);
    }
}
