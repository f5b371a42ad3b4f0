// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file of labelled blocks of Base64 (RFC 7468). What stands between the blocks is explanation and skipped. */
record PemFile(Path path, List<Block> blocks) {
    // A long chain and a long key are some 20 KiB; more is the wrong file.
    private static final int FILE_MAX_BYTES = 1 << 20;
    private static final int BLOCKS_MAX = 64;
    private static final Pattern BEGIN = Pattern.compile("(?m)^[ \\t]*-----BEGIN ([A-Z0-9 ]{1,60})-----[ \\t]*\\r?$");
    private static final String ENCRYPTED = "Proc-Type: 4,ENCRYPTED";

    /** A block. Its octets may be a key, so it has no way of showing them. */
    static final class Block {
        private final String label;
        private final byte[] octets;
        private final boolean encrypted;

        private Block(String label, byte[] octets, boolean encrypted) {
            this.label = label;
            this.octets = octets;
            this.encrypted = encrypted;
        }

        String label() {
            return label;
        }

        /** Not a copy; empty when encrypted. */
        byte[] octets() {
            return octets;
        }

        /** Whether by the way of RFC 1421, which PKCS#1 and SEC 1 keys use. */
        boolean isEncrypted() {
            return encrypted;
        }
    }

    /** Reads the blocks; the failure names the file. */
    static PemFile read(Path path) {
        String text = new String(octets(path), StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        for (int from = 0; begin.find(from); ) {
            String label = begin.group(1);
            String end = "-----END " + label + "-----";
            int endAt = text.indexOf(end, begin.end());
            if (endAt < 0) {
                throw failure(path, "no line \"" + end + "\"; the file is cut off", null);
            }
            if (blocks.size() == BLOCKS_MAX) {
                throw failure(path, "more than " + BLOCKS_MAX + " blocks", null);
            }
            blocks.add(block(path, label, text.substring(begin.end(), endAt)));
            from = endAt + end.length();
        }
        if (blocks.isEmpty()) {
            throw failure(
                    path,
                    "no PEM (expected: a line \"-----BEGIN ...\"); a certificate in DER is converted by"
                            + " \"openssl x509 -inform DER -in FILE -out NEW\"; a PKCS#12 file goes to key-store",
                    null);
        }
        return new PemFile(path, List.copyOf(blocks));
    }

    private static Block block(Path path, String label, String text) {
        if (text.contains(ENCRYPTED)) {
            return new Block(label, new byte[0], true);
        }
        try {
            return new Block(label, Base64.getMimeDecoder().decode(text.strip()), false);
        } catch (IllegalArgumentException e) {
            throw failure(path, label + ": not Base64", e);
        }
    }

    /** The octets of a file that has to do with keys. */
    static byte[] octets(Path path) {
        try {
            long bytes = Files.size(path);
            if (Files.isDirectory(path)) {
                throw failure(path, "is a directory; name a file", null);
            }
            if (bytes > FILE_MAX_BYTES) {
                throw failure(path, bytes + " bytes (expected: 1 MiB at most)", null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw failure(path, "no such file", e);
        } catch (AccessDeniedException e) {
            throw failure(path, "not permitted to read it; give it to the user that runs the daemon", e);
        } catch (IOException e) {
            throw failure(path, "cannot be read: " + e, e);
        }
    }

    static FailureException failure(Path path, String text, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "TLS: " + path + ": " + text, cause);
    }
}
