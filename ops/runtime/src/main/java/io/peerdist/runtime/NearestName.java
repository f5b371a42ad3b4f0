// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who mistyped the name of an option, a key or a command. */
public final class NearestName {
    // A name that long is no typing error, and the distance costs the product of both lengths.
    private static final int NAME_MAX_CHARS = 64;

    private NearestName() {}

    /** The name of {@code known} that is most like {@code wanted}, if any is like it at all. */
    public static Optional<String> of(String wanted, Collection<String> known) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String name : known) {
            int distance = distance(normalize(wanted), normalize(name));
            if (distance < bestDistance || (distance == bestDistance && best != null && name.compareTo(best) < 0)) {
                best = name;
                bestDistance = distance;
            }
        }
        return best != null && bestDistance <= allowedDistance(wanted) ? Optional.of(best) : Optional.empty();
    }

    /** {@code " (did you mean \"x\"?)"}, or nothing when no known name is near. */
    public static String hint(String wanted, Collection<String> known) {
        return of(wanted, known)
                .map(name -> " (did you mean \"" + name + "\"?)")
                .orElse("");
    }

    private static int allowedDistance(String wanted) {
        return Math.max(1, normalize(wanted).length() / 3);
    }

    private static String normalize(String name) {
        String bare = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return bare.length() > NAME_MAX_CHARS ? bare.substring(0, NAME_MAX_CHARS) : bare;
    }

    /** Restricted Damerau-Levenshtein: insertions, deletions, replacements and swaps of neighbours each count one. */
    private static int distance(String left, String right) {
        int[][] table = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                table[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : cheapest(table, left, right, i, j);
            }
        }
        return table[left.length()][right.length()];
    }

    private static int cheapest(int[][] table, String left, String right, int i, int j) {
        boolean same = left.charAt(i - 1) == right.charAt(j - 1);
        int best = table[i - 1][j - 1] + (same ? 0 : 1);
        best = Math.min(best, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(best, table[i - 2][j - 2] + 1) : best;
    }
}
