// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import io.peerdist.codec.pccrc.ContentInformation;
import java.net.URI;

/** How the origin answered a request that offers to take content information. */
public sealed interface OriginAnswer {
    /** Content information of the whole file; {@code url} is where redirects led. */
    record Hashes(URI url, Validator validator, ContentInformation information, int encodedBytes)
            implements OriginAnswer {}

    /**
     * The file itself. The body is open; who gets it closes it.
     *
     * @param fileBytes its length, or -1 when the origin does not say
     * @param makeHashRequest whether the origin makes hashes and wants to be asked for them again
     */
    record Plain(URI url, Validator validator, long fileBytes, boolean makeHashRequest, OriginBody body)
            implements OriginAnswer {}

    /** An error status. */
    record Refused(int status) implements OriginAnswer {}

    /** Content information that cannot be used, and why; the file has to be asked for without PeerDist. */
    record Unusable(String reason) implements OriginAnswer {}
}
