// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.hashing.ContentSecrets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Content information that was made before, in memory and in the store. The key holds everything that the value depends
 * on: the file's version, the secrets, the way segments are cut. A key is never used for another value, so nothing here
 * ever needs to be thrown away for being old. Thread-safe.
 */
public final class KeptInformation {
    /** The first octet of every key, in a store that holds other things too. */
    public static final byte KEY_PREFIX = 1;

    /** Where the secrets' tag stands in a key, behind the prefix. */
    public static final int SECRETS_TAG_OFFSET = 1;

    /** Names the layout of keys and values. */
    private static final String SCHEMA = "content-information/2";

    private final InformationStore store;
    private final InformationListener listener;
    private final RecentInformation recent;

    /**
     * @param listener is told of everything that is made, or found on the disk
     * @param memoryBytes how many octets are kept in memory besides
     */
    public KeptInformation(InformationStore store, InformationListener listener, long memoryBytes) {
        this.store = store;
        this.listener = listener;
        this.recent = new RecentInformation(memoryBytes);
    }

    @Nullable
    EncodedInformation find(FileVersion version, ContentSecrets secrets, int contentVersion) {
        byte[] key = key(version, secrets, contentVersion);
        EncodedInformation known = recent.get(key);
        if (known != null) {
            return known;
        }
        byte[] stored = store.get(key);
        if (stored == null) {
            return null;
        }
        EncodedInformation found = new EncodedInformation(stored);
        recent.put(key, found);
        listener.found(version, secrets, contentVersion, stored);
        return found;
    }

    void keep(FileVersion version, ContentSecrets secrets, int contentVersion, EncodedInformation information) {
        byte[] key = key(version, secrets, contentVersion);
        recent.put(key, information);
        store.put(key, information.octets());
        listener.made(version, secrets, contentVersion, information.octets());
    }

    long memoryBytes() {
        return recent.bytes();
    }

    private static byte[] key(FileVersion version, ContentSecrets secrets, int contentVersion) {
        String context = SCHEMA + "/" + contentVersion + "/" + secrets.parametersId();
        byte[] tag = secrets.parametersTag();
        byte[] fingerprint = HexFormat.of().parseHex(version.fingerprint(context));
        return ByteBuffer.allocate(SECRETS_TAG_OFFSET + tag.length + fingerprint.length)
                .put(KEY_PREFIX)
                .put(tag)
                .put(fingerprint)
                .array();
    }
}
