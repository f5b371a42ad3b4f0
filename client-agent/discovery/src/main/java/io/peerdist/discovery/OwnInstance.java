// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.discovery.message.AppSequence;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Who this process is in its messages: a new endpoint and a higher instance with each start. Lives on one thread.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.4, 2.2.3.6, 2.2.3.7</a>
 */
final class OwnInstance {
    private static final long RANDOM_VERSION = 0x4000L;
    private static final long IETF_VARIANT = 0x8000_0000_0000_0000L;

    private final RandomGenerator random;
    private final String endpoint;
    private final long instanceId;
    private long messageNumber;

    /** @param startedEpochSeconds the wall clock at the start, which rises from one instance to the next */
    OwnInstance(RandomGenerator random, long startedEpochSeconds) {
        this.random = random;
        endpoint = newUuidUrn();
        instanceId = startedEpochSeconds & AppSequence.MAX;
    }

    String endpoint() {
        return endpoint;
    }

    /** For the next message of this instance; the first is number 1. */
    AppSequence nextSequence() {
        messageNumber = (messageNumber + 1) & AppSequence.MAX;
        return new AppSequence(instanceId, messageNumber);
    }

    String newUuidUrn() {
        long high = (random.nextLong() & ~0xF000L) | RANDOM_VERSION;
        long low = (random.nextLong() >>> 2) | IETF_VARIANT;
        return "urn:uuid:" + new UUID(high, low);
    }
}
