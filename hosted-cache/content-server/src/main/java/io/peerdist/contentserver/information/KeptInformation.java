// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.peerdist.contentserver.files.FileVersion;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Content information that was made before, in memory and in the store. The key holds everything that the value depends
 * on: the file's version, the secrets, the way segments are cut. A key is never used for another value, so nothing here
 * ever needs to be thrown away for being old. Thread-safe.
 */
final class KeptInformation {
    /** Names the layout of keys and values. */
    private static final String SCHEMA = "content-information/1";

    private final InformationStore store;
    private final String parametersId;
    private final RecentInformation recent;

    KeptInformation(InformationStore store, String parametersId, long memoryBytes) {
        this.store = store;
        this.parametersId = parametersId;
        this.recent = new RecentInformation(memoryBytes);
    }

    @Nullable
    EncodedInformation find(FileVersion version, int contentVersion) {
        byte[] key = key(version, contentVersion);
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
        return found;
    }

    void keep(FileVersion version, int contentVersion, EncodedInformation information) {
        byte[] key = key(version, contentVersion);
        recent.put(key, information);
        store.put(key, information.octets());
    }

    long memoryBytes() {
        return recent.bytes();
    }

    private byte[] key(FileVersion version, int contentVersion) {
        String context = SCHEMA + "/" + contentVersion + "/" + parametersId;
        return HexFormat.of().parseHex(version.fingerprint(context));
    }
}
