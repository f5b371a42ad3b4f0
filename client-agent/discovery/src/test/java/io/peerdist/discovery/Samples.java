// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.NetUtil;
import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Segments, addresses and subnets for tests, and what was counted. */
final class Samples {
    static final LocalNetwork OFFICE = network("eth0", 2, "10.1.2.3", 24);
    static final InetSocketAddress PEER = new InetSocketAddress(ip("10.1.2.9"), 50_000);

    private Samples() {}

    static SegmentId id(int number) {
        return SegmentId.of(
                ByteBuffer.allocate(32).putInt(number).putInt(0xABCDEF).array());
    }

    static List<SegmentId> ids(int count) {
        return IntStream.range(0, count).mapToObj(Samples::id).toList();
    }

    static InetAddress ip(String text) {
        try {
            return InetAddress.getByAddress(
                    Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(text), text));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static LocalNetwork network(String name, int index, String address, int prefixLength) {
        return new LocalNetwork(name, index, ip(address), prefixLength);
    }

    static double count(MeterRegistry registry, String name, String result) {
        return registry.get(name).tag("result", result).counter().count();
    }
}
