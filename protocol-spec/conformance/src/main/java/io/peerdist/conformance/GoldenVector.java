// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * A message or structure made by something else than the code under test. The file {@code golden/NAME.hex} holds its
 * octets in hexadecimal under comment lines that begin with {@code #} and say where it comes from.
 *
 * @param name the file's name without its ending
 * @param provenance the comment lines, without which a vector is refused
 * @param octets the message
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; tests want the plain array
public record GoldenVector(String name, String provenance, byte[] octets) {
    /** Reads {@code golden/NAME.hex} from the class path; throws {@link IllegalArgumentException} when it has no provenance. */
    public static GoldenVector load(String name) {
        String path = "/golden/" + name + ".hex";
        try (InputStream file = GoldenVector.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalArgumentException("golden vector: " + path + " (expected: a resource)");
            }
            String text = new String(file.readAllBytes(), StandardCharsets.US_ASCII);
            String provenance = text.lines()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> line.substring(1).strip())
                    .collect(Collectors.joining("\n"));
            if (provenance.isBlank()) {
                throw new IllegalArgumentException("golden vector: " + path + " has no comment (expected: provenance)");
            }
            return new GoldenVector(name, provenance, Hex.parse(text));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
