// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version this program was built as. */
public final class BuildVersion {
    private static final String RESOURCE = "build.properties";

    private BuildVersion() {}

    /** For example {@code 0.1.0}. */
    public static String current() {
        try (InputStream input = BuildVersion.class.getResourceAsStream(RESOURCE)) {
            if (input == null) {
                throw new IllegalStateException(RESOURCE + ": missing (expected: beside " + BuildVersion.class + ")");
            }
            Properties properties = new Properties();
            properties.load(input);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
