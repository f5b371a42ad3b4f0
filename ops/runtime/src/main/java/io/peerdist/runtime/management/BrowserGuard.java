// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pages of other sites, opened in a browser on this machine, from steering the daemon through the loopback
 * address: a browser that posts names the page's origin, and one whose name server was turned to loopback (DNS rebinding)
 * names a foreign host.
 */
final class BrowserGuard {
    private BrowserGuard() {}

    static boolean allows(FullHttpRequest request, @Nullable SocketAddress local) {
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        if (isLoopback(local) && !host.isEmpty() && !isAddressOrLocalhost(hostName(host))) {
            return false;
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        return reads || origin == null || origin.equalsIgnoreCase("http://" + host);
    }

    static boolean isLoopback(@Nullable SocketAddress local) {
        return local instanceof InetSocketAddress address
                && address.getAddress() != null
                && address.getAddress().isLoopbackAddress();
    }

    private static boolean isAddressOrLocalhost(String name) {
        return name.equals("localhost") || NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    private static String hostName(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            int end = lower.indexOf(']');
            return end < 0 ? lower : lower.substring(1, end);
        }
        int colon = lower.indexOf(':');
        return colon < 0 ? lower : lower.substring(0, colon);
    }
}
