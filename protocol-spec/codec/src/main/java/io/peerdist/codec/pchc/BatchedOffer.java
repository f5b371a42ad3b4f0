// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Offers segments, {@code BATCHED_OFFER_MESSAGE}.
 *
 * @param port where the client serves its blocks, 1 to 65535
 * @param descriptors the segments that can be pulled
 * @param ignoredDescriptors how many more descriptors the message held that nothing can be pulled by: an unknown hash
 *     algorithm, or sizes that no segment has. They are left out and counted instead of failing the message, so that one of
 *     them does not cost the client its other offers. The segment identifier of an unknown algorithm is taken to be as long
 *     as the known ones
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.5</a>
 */
public record BatchedOffer(int port, List<SegmentDescriptor> descriptors, int ignoredDescriptors)
        implements HostedCacheRequest {
    /** The most descriptors in a message, ignored ones included. */
    public static final int MAX_DESCRIPTORS = 128;

    static final int MAJOR_VERSION = 2;

    /** Throws {@link IllegalArgumentException} for another port, or unless there are 1 to 128 descriptors in all. */
    public BatchedOffer {
        OfferHeader.checkPort(port);
        int count = descriptors.size() + ignoredDescriptors;
        if (ignoredDescriptors < 0 || count < 1 || count > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("segment descriptors: " + descriptors.size() + " and "
                    + ignoredDescriptors + " ignored (expected: 1 to " + MAX_DESCRIPTORS + ")");
        }
        descriptors = List.copyOf(descriptors);
    }

    /** A message of 1 to 128 descriptors, none ignored. */
    public BatchedOffer(int port, List<SegmentDescriptor> descriptors) {
        this(port, descriptors, 0);
    }

    @Override
    public int majorVersion() {
        return MAJOR_VERSION;
    }

    /** Leaves the ignored descriptors out. */
    @Override
    public byte[] encode() {
        byte[] octets = new byte[OfferHeader.BYTES + descriptors.size() * SegmentDescriptor.BYTES];
        ByteBuffer out = ByteBuffer.wrap(octets);
        OfferHeader.write(out, MAJOR_VERSION, OfferHeader.BATCHED_OFFER, port);
        for (SegmentDescriptor descriptor : descriptors) {
            descriptor.writeTo(out);
        }
        return octets;
    }
}
