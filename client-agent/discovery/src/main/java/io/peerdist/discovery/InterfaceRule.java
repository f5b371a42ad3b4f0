// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.netty.util.NetUtil;
import java.util.regex.Pattern;

/**
 * Names interfaces: by name, in which {@code *} stands for any characters ({@code eth0}, {@code docker*}), or by a network
 * that their addresses lie in ({@code 10.1.0.0/16}, {@code fd00::/8}). Immutable.
 */
public final class InterfaceRule {
    private static final Pattern NAME = Pattern.compile("[\\w.:@*-]{1,64}");

    private final String text;
    private final byte[] network;
    private final int prefixLength;
    private final Pattern name;

    private InterfaceRule(String text, byte[] network, int prefixLength, Pattern name) {
        this.text = text;
        this.network = network;
        this.prefixLength = prefixLength;
        this.name = name;
    }

    /** Reads a rule; throws {@link IllegalArgumentException} for what is neither a name nor a network. */
    public static InterfaceRule parse(String text) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            byte[] network = NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash));
            String bits = text.substring(slash + 1);
            if (network != null && bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= network.length * Byte.SIZE) {
                return new InterfaceRule(text, network, Integer.parseInt(bits), Pattern.compile(""));
            }
        } else if (NAME.matcher(text).matches()) {
            return new InterfaceRule(
                    text, new byte[0], 0, Pattern.compile(Pattern.quote(text).replace("*", "\\E.*\\Q")));
        }
        throw new IllegalArgumentException(
                "interface: " + text + " (expected: a name such as eth0 or docker*, or a network such as 10.1.0.0/16)");
    }

    /** Whether the rule names {@code candidate}'s interface, or the network its address lies in. */
    public boolean matches(LocalNetwork candidate) {
        return network.length == 0
                ? name.matcher(candidate.interfaceName()).matches()
                : LocalNetwork.samePrefix(network, candidate.address().getAddress(), prefixLength);
    }

    @Override
    public String toString() {
        return text;
    }
}
