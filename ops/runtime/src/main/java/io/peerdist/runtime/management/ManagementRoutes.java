// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON interface of a daemon, below {@code /api/v1/}. A route answers its own path and everything below it; the longest
 * registered path wins. Thread-safe.
 */
public final class ManagementRoutes {
    /** What every route starts with. */
    public static final String PREFIX = "/api/v1/";

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE");

    private final Map<String, Map<String, ApiHandler>> routes = new ConcurrentHashMap<>();

    /** The handlers of the best route, by method. */
    record Match(Map<String, ApiHandler> handlers, String remainder) {
        Set<String> methods() {
            return new TreeSet<>(handlers.keySet());
        }
    }

    /** For {@code GET}; {@code path} without the prefix and without a slash at its ends, for example {@code segments}. */
    public ManagementRoutes get(String path, ApiHandler handler) {
        return add("GET", path, handler);
    }

    public ManagementRoutes post(String path, ApiHandler handler) {
        return add("POST", path, handler);
    }

    /** For any method.
     *
     * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE} */
    public ManagementRoutes add(String method, String path, ApiHandler handler) {
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException("method: " + method + " (expected: one of " + METHODS + ")");
        }
        if (path.isEmpty() || path.startsWith("/") || path.endsWith("/")) {
            throw new IllegalArgumentException("path: \"" + path + "\" (expected: no slash at its ends)");
        }
        ApiHandler earlier =
                routes.computeIfAbsent(path, key -> new ConcurrentHashMap<>()).putIfAbsent(method, handler);
        if (earlier != null) {
            throw new IllegalArgumentException("route: " + method + " " + path + " (expected: registered once)");
        }
        return this;
    }

    /** The route for a path that starts with the prefix, or null. */
    @Nullable
    Match match(String path) {
        String wanted = trimSlashes(path.substring(PREFIX.length()));
        for (String candidate = wanted; ; candidate = candidate.substring(0, candidate.lastIndexOf('/'))) {
            Map<String, ApiHandler> handlers = routes.get(candidate);
            if (handlers != null) {
                return new Match(handlers, trimSlashes(wanted.substring(candidate.length())));
            }
            if (candidate.indexOf('/') < 0) {
                return null;
            }
        }
    }

    /** The registered routes with their methods, sorted. */
    Map<String, Set<String>> list() {
        Map<String, Set<String>> list = new TreeMap<>();
        routes.forEach((path, handlers) -> list.put(path, new TreeSet<>(handlers.keySet())));
        return list;
    }

    private static String trimSlashes(String path) {
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(start, end);
    }
}
