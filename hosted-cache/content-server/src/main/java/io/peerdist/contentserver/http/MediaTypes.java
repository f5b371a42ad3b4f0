// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Media types by file name extension, for what branch offices download; the IANA names where there is one. */
final class MediaTypes {
    /** For what is not in the table; with it a browser saves instead of guessing. */
    static final String UNKNOWN = "application/octet-stream";

    /** One type per line, then its extensions. */
    private static final String TABLE = """
            application/epub+zip epub
            application/gzip gz tgz
            application/java-archive jar war ear
            application/json json map
            application/manifest+json webmanifest
            application/msword doc dot
            application/pdf pdf
            application/postscript ps eps
            application/rtf rtf
            application/vnd.debian.binary-package deb udeb
            application/vnd.microsoft.portable-executable exe dll
            application/vnd.ms-cab-compressed cab
            application/vnd.ms-excel xls
            application/vnd.ms-powerpoint ppt
            application/vnd.ms-wim wim esd swm
            application/vnd.oasis.opendocument.presentation odp
            application/vnd.oasis.opendocument.spreadsheet ods
            application/vnd.oasis.opendocument.text odt
            application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
            application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
            application/wasm wasm
            application/x-7z-compressed 7z
            application/x-apple-diskimage dmg
            application/x-bzip2 bz2
            application/x-iso9660-image iso
            application/x-msi msi msp msu
            application/x-rpm rpm
            application/x-tar tar
            application/x-xz xz
            application/xhtml+xml xhtml
            application/xml xml xsl xsd
            application/yaml yaml yml
            application/zip zip
            application/zstd zst
            audio/flac flac
            audio/mp4 m4a
            audio/mpeg mp3
            audio/ogg ogg oga opus
            audio/wav wav
            font/otf otf
            font/ttf ttf
            font/woff woff
            font/woff2 woff2
            image/avif avif
            image/bmp bmp
            image/gif gif
            image/jpeg jpg jpeg
            image/png png
            image/svg+xml svg
            image/tiff tif tiff
            image/vnd.microsoft.icon ico
            image/webp webp
            text/css css
            text/csv csv
            text/html html htm
            text/javascript js mjs
            text/markdown md
            text/plain txt text log ini cfg conf sha256 ipxe
            video/mp4 mp4 m4v
            video/mpeg mpg mpeg
            video/quicktime mov
            video/webm webm
            video/x-matroska mkv
            video/x-ms-wmv wmv
            """;

    private static final Map<String, String> BY_EXTENSION = read();

    private MediaTypes() {}

    /** The media type of a file called {@code fileName}. */
    static String of(String fileName) {
        int dot = fileName.lastIndexOf('.');
        String extension = dot < 0 ? "" : fileName.substring(dot + 1).toLowerCase(Locale.ROOT);
        return BY_EXTENSION.getOrDefault(extension, UNKNOWN);
    }

    private static Map<String, String> read() {
        Map<String, String> types = new HashMap<>();
        TABLE.lines().map(line -> line.split(" ", -1)).forEach(words -> {
            for (int i = 1; i < words.length; i++) {
                types.put(words[i], words[0]);
            }
        });
        return Map.copyOf(types);
    }
}
