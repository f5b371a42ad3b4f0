// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.HostPort;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Writes the script by which browsers and other programs set themselves up, {@code /proxy.pac}. */
final class ProxyAutoConfiguration {
    static final String PATH = "/proxy.pac";
    static final String MEDIA_TYPE = "application/x-ns-proxy-autoconfig";

    private ProxyAutoConfiguration() {}

    /**
     * The script.
     *
     * @param hostField how the program that asks names this proxy; what is no host and port is not repeated
     * @param local where it came in, used then
     */
    static String script(@Nullable String hostField, InetSocketAddress local) {
        String proxy = named(hostField, local);
        return """
                function FindProxyForURL(url, host) {
                  if (isPlainHostName(host) || host == "127.0.0.1" || host == "::1") {
                    return "DIRECT";
                  }
                  return "PROXY %s; DIRECT";
                }
                """.formatted(proxy);
    }

    private static String named(@Nullable String hostField, InetSocketAddress local) {
        if (hostField != null) {
            try {
                HostPort named = HostPort.parse(hostField);
                if (named.port() > 0 && named.host().indexOf('%') < 0) {
                    return named.toString();
                }
            } catch (IllegalArgumentException e) {
                return HostPort.format(local);
            }
        }
        return HostPort.format(local);
    }
}
