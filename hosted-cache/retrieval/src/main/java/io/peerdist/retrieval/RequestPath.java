// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

/** Compares request targets with the protocols' paths as http.sys does: case does not count. */
public final class RequestPath {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    private RequestPath() {}

    /**
     * Whether {@code target} names {@code path}: in any case, with or without a slash at the end, in origin form or in
     * absolute form, whatever the query.
     *
     * @param target the request target as it stands in the request line
     * @param path a path that starts with a slash
     */
    public static boolean matches(String target, String path) {
        int start = originStart(target);
        int query = target.indexOf('?', start);
        int end = withoutSlash(target, query < 0 ? target.length() : query);
        int pathEnd = withoutSlash(path, path.length());
        return end - start == pathEnd && target.regionMatches(true, start, path, 0, pathEnd);
    }

    private static int withoutSlash(String path, int end) {
        return end > 0 && path.charAt(end - 1) == '/' ? end - 1 : end;
    }

    /** Where the path starts: after the authority of an absolute form. */
    static int originStart(String target) {
        int scheme = target.regionMatches(true, 0, HTTP, 0, HTTP.length()) ? HTTP.length() : 0;
        if (target.regionMatches(true, 0, HTTPS, 0, HTTPS.length())) {
            scheme = HTTPS.length();
        }
        int path = scheme == 0 ? 0 : target.indexOf('/', scheme);
        return Math.max(0, path);
    }
}
