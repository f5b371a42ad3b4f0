// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads responses as simple as those of a hosted cache: one after the other, with a length or without a body. */
public final class ResponseReader {
    private ResponseReader() {}

    /**
     * A status line and the fields behind it.
     *
     * @param headers with their names in lower case
     */
    public record Head(int status, Map<String, String> headers) {}

    /** Reads up to the body. */
    public static Head head(InputStream in) throws IOException {
        String statusLine = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Head(Integer.parseInt(statusLine.split(" ", 3)[1]), headers);
    }

    /** Reads the body behind {@code head}. */
    public static byte[] body(InputStream in, Head head) throws IOException {
        return in.readNBytes(Integer.parseInt(head.headers().getOrDefault("content-length", "0")));
    }

    /** Whether the other side has closed; a reset is an end too. */
    public static boolean isAtEnd(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("after: " + line);
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }
}
