// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.peerdist.contentserver.files.FileVersion;
import java.util.List;

/**
 * The strong validators of one file version: one for the bytes, one for each version of content information, as RFC 9110
 * 8.8.3.3 wants for different encodings. They change with the file; those of content information also with all
 * that it depends on besides. The bytes' own stays when a secret changes, so that other caches keep them.
 *
 * @param identity of the bytes
 * @param v1 of version 1.0 content information
 * @param v2 of version 2.0 content information
 */
record EntityTags(String identity, String v1, String v2) {
    /** 128 bits of a SHA-256: no two versions will ever meet in them. */
    private static final int FINGERPRINT_DIGITS = 32;

    private static final String CONTEXT = "entity-tag/1/";

    static EntityTags of(FileVersion version, String parametersId) {
        String bytes = version.fingerprint(CONTEXT).substring(0, FINGERPRINT_DIGITS);
        String base = version.fingerprint(CONTEXT + parametersId).substring(0, FINGERPRINT_DIGITS);
        return new EntityTags(quoted(bytes), quoted(base + "-p1"), quoted(base + "-p2"));
    }

    /** The validator of content information of {@code contentVersion} 1 or 2. */
    String ofContentInformation(int contentVersion) {
        return contentVersion == 1 ? v1 : v2;
    }

    /**
     * All of them. They agree on the bytes, so where a client ties a range or a condition to a file version any will do: one
     * that planned with content information asks for the missing bytes under the tag of that answer.
     */
    List<String> all() {
        return List.of(identity, v1, v2);
    }

    private static String quoted(String opaque) {
        return '"' + opaque + '"';
    }
}
