// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hash that a whole file must have, as published beside it.
 *
 * @param hex lower-case digits, as many as the algorithm has
 */
public record Checksum(Algorithm algorithm, String hex) {
    /** What a checksum looks like, for messages. */
    public static final String EXPECTED = "sha256: and 64 hexadecimal digits, or sha512: and 128";

    private static final Pattern SYNTAX = Pattern.compile("(sha256|sha512):([0-9a-f]+)");

    /** The hash functions that checksums are made with. */
    public enum Algorithm {
        /** 256 bits. */
        SHA_256("SHA-256", 64),
        /** 512 bits. */
        SHA_512("SHA-512", 128);

        private final String standardName;
        private final int hexDigits;

        Algorithm(String standardName, int hexDigits) {
            this.standardName = standardName;
            this.hexDigits = hexDigits;
        }

        /** As in the Java security standard names. */
        public String standardName() {
            return standardName;
        }
    }

    /** Throws {@link IllegalArgumentException} for another number of digits. */
    public Checksum {
        if (hex.length() != algorithm.hexDigits) {
            throw new IllegalArgumentException(
                    "checksum: " + hex.length() + " digits (expected: " + algorithm.hexDigits + ")");
        }
    }

    /**
     * Reads {@code sha256:HEX} or {@code sha512:HEX}, in lower or upper case.
     *
     * @throws IllegalArgumentException when {@code text} is neither
     */
    public static Checksum parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("checksum: \"" + text + "\" (expected: " + EXPECTED + ")");
        }
        return new Checksum(
                matcher.group(1).equals("sha256") ? Algorithm.SHA_256 : Algorithm.SHA_512, matcher.group(2));
    }
}
