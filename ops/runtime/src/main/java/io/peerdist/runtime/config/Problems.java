// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong with a configuration, in the order of the file. */
final class Problems {
    // Enough to mend a file with; a wrong kind of file would fill the screen.
    private static final int SHOWN_MAX = 50;

    private final List<Problem> problems = new ArrayList<>();

    private record Problem(String file, int line, String text) {
        String show() {
            return line > 0 ? file + ":" + line + ": " + text : text;
        }
    }

    void inFile(String file, int line, String text) {
        problems.add(new Problem(file, line, text));
    }

    /** For what stands in no line: an option, or a key that is missing. */
    void elsewhere(String text) {
        problems.add(new Problem("", 0, text));
    }

    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        List<String> lines = problems.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .limit(SHOWN_MAX)
                .map(Problem::show)
                .toList();
        int hidden = problems.size() - lines.size();
        String rest = hidden > 0 ? "\n  and " + hidden + " more" : "";
        String sentence = problems.size() == 1
                ? "configuration: " + lines.get(0)
                : "configuration: " + problems.size() + " problems\n  " + String.join("\n  ", lines) + rest;
        throw new FailureException(ExitCode.CONFIGURATION, sentence);
    }
}
