// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.hashing.ContentSecrets;

/** Follows what content information there is. Called on threads that may touch the disk; must not fail. */
public interface InformationListener {
    /** Nobody listens. */
    InformationListener NONE = new InformationListener() {
        @Override
        public void made(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {}

        @Override
        public void found(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets) {}
    };

    /** Content information was made, and clients are about to get it. {@code octets} must not be changed. */
    void made(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets);

    /** Content information was found that an earlier run, or this one, made. {@code octets} must not be changed. */
    void found(FileVersion version, ContentSecrets secrets, int contentVersion, byte[] octets);
}
