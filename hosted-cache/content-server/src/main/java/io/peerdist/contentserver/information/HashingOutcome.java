// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.hashing.ContentSecrets;

/** How hashing a file ended. */
public sealed interface HashingOutcome {
    /**
     * There is content information.
     *
     * @param version what it belongs to: not necessarily the version that the asking request has opened
     * @param secrets what it was made with: not necessarily those in use when the request came
     * @param v1 version 1.0
     * @param v2 version 2.0
     */
    record Hashed(FileVersion version, ContentSecrets secrets, EncodedInformation v1, EncodedInformation v2)
            implements HashingOutcome {
        /** Content information of {@code contentVersion} 1 or 2. */
        public EncodedInformation of(int contentVersion) {
            return contentVersion == 1 ? v1 : v2;
        }
    }

    /** There is none. */
    record NotHashed(Reason reason) implements HashingOutcome {}

    /** Why there is none, and with it whether asking again can help. */
    enum Reason {
        /** Hashing goes on. */
        PENDING(true),
        /** The file changed each time it was hashed. */
        CHANGING(true),
        /** Too many files wait. */
        BUSY(true),
        /** The file is gone, or of a size for which no content information is made. */
        INELIGIBLE(false),
        /** The file could not be read. */
        UNREADABLE(false),
        /** The server stops. */
        STOPPED(false);

        private final boolean worthAskingAgain;

        Reason(boolean worthAskingAgain) {
            this.worthAskingAgain = worthAskingAgain;
        }

        public boolean isWorthAskingAgain() {
            return worthAskingAgain;
        }
    }
}
