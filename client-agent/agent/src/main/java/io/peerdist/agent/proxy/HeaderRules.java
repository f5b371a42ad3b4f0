// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which header fields belong to one connection and end at a proxy. Transfer-Encoding is not among them: who writes the
 * message on frames it anew.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110 7.6.1</a>
 */
final class HeaderRules {
    private static final List<String> HOP_BY_HOP =
            List.of("Connection", "Proxy-Connection", "Keep-Alive", "TE", "Upgrade", "Proxy-Authorization");

    /** Without these the message would end elsewhere, or go elsewhere, than its sender meant. */
    private static final Set<String> NEVER_NAMED = Set.of("content-length", "transfer-encoding", "host");

    private HeaderRules() {}

    /** Removes what ends here; false when Connection names a field that no message can do without, which is an attack. */
    static boolean removeHopByHop(HttpHeaders headers) {
        for (String value : headers.getAll("Connection")) {
            for (String option : value.split(",", -1)) {
                String name = option.strip().toLowerCase(Locale.ROOT);
                if (NEVER_NAMED.contains(name)) {
                    return false;
                }
                if (!name.isEmpty()) {
                    headers.remove(name);
                }
            }
        }
        HOP_BY_HOP.forEach(headers::remove);
        return true;
    }
}
