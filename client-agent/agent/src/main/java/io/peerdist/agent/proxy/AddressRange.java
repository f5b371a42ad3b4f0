// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;

/**
 * A network, or a single address: {@code 10.1.0.0/16}, {@code fd00::/8}, {@code 192.0.2.7}. Immutable.
 */
final class AddressRange {
    /** This machine alone. */
    static final List<AddressRange> LOOPBACK = List.of(parse("127.0.0.0/8"), parse("::1"));

    private final String text;
    private final byte[] network;
    private final int prefixBits;

    private AddressRange(String text, byte[] network, int prefixBits) {
        this.text = text;
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /** Reads one; throws {@link IllegalArgumentException} for anything else. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] network = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (network != null) {
            int allBits = network.length * Byte.SIZE;
            String bits = slash < 0 ? Integer.toString(allBits) : text.substring(slash + 1);
            if (bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= allBits) {
                return new AddressRange(text, network, Integer.parseInt(bits));
            }
        }
        throw new IllegalArgumentException(
                "network: " + text + " (expected: an address such as 10.1.0.7, or a network such as 10.1.0.0/16)");
    }

    boolean contains(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit += Byte.SIZE) {
            int kept = Math.min(Byte.SIZE, prefixBits - bit);
            int differing = (octets[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & 0xFF;
            if (differing >> (Byte.SIZE - kept) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRange range && text.equals(range.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
