// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
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
    private static final List<String> HOP_BY_HOP = List.of(
            "Connection",
            "Proxy-Connection",
            "Keep-Alive",
            "TE",
            "Upgrade",
            "Proxy-Authorization",
            "Proxy-Authenticate",
            "Proxy-Authentication-Info");

    /** Without these the message would end elsewhere, or go elsewhere, than its sender meant. */
    private static final Set<String> NEVER_NAMED =
            Set.of("content-length", "transfer-encoding", "host", "content-encoding");

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

    /** Whether the sender takes trailers; nothing else that TE may say goes further than here. */
    static boolean takesTrailers(HttpHeaders headers) {
        return headers.getAll("TE").stream()
                .flatMap(value -> List.of(value.split(",", -1)).stream())
                .anyMatch(coding -> coding.strip().equalsIgnoreCase("trailers"));
    }

    /** The Via entry for a message that came in {@code version}. */
    static void addVia(HttpHeaders headers, HttpVersion version, String name) {
        headers.add("Via", version.majorVersion() + "." + version.minorVersion() + " " + name);
    }

    /** Whether one of the fields {@code name} has {@code token} in its list, as in {@code gzip, peerdist;q=1}. */
    static boolean lists(HttpHeaders headers, String name, String token) {
        for (String value : headers.getAll(name)) {
            for (String element : value.split(",", -1)) {
                int parameters = element.indexOf(';');
                String listed = parameters < 0 ? element : element.substring(0, parameters);
                if (listed.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }
}
