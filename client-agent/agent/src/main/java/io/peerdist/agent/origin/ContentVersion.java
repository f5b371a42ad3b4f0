// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import io.peerdist.codec.pccrtp.ContentInformationVersion;

/** Which version of content information a download takes. */
public enum ContentVersion {
    /** Version 1.0 or 2.0, as the origin prefers. */
    ANY,
    /** Version 1.0 only. */
    V1,
    /** Version 2.0 only; the origin is asked for either, as the protocol knows no other question. */
    V2;

    /** The highest version to name in requests. */
    ContentInformationVersion max() {
        return this == V1 ? ContentInformationVersion.V1_0 : ContentInformationVersion.V2_0;
    }

    /** Whether content information of the major version {@code version} is what was asked for. */
    public boolean takes(int version) {
        return this == ANY || version == (this == V1 ? 1 : 2);
    }
}
