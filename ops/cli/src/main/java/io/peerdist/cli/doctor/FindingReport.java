// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes findings for people and for programs. Stateless. */
final class FindingReport {
    private static final String RESET = "\033[0m";
    private static final int MAX_NAME_CHARS = 32;

    private FindingReport() {}

    /** A table of what was seen, then what to do, then how many there are of each kind. */
    static void print(List<Finding> findings, boolean colours, PrintWriter out) {
        int width = Math.min(
                MAX_NAME_CHARS,
                findings.stream()
                        .mapToInt(finding -> finding.check().length())
                        .max()
                        .orElse(0));
        for (Finding finding : findings) {
            out.println(
                    level(finding.level(), colours) + "  " + padded(finding.check(), width) + "  " + finding.seen());
        }
        List<Finding> work =
                findings.stream().filter(finding -> !finding.advice().isEmpty()).toList();
        if (!work.isEmpty()) {
            out.println();
            out.println("What to do:");
        }
        for (Level level : List.of(Level.PROBLEM, Level.HINT, Level.SKIPPED)) {
            for (Finding finding : work) {
                if (finding.level() == level) {
                    out.println("- " + finding.check() + ": " + finding.seen() + ".");
                    out.println("  " + finding.advice());
                }
            }
        }
        out.println();
        out.println(count(findings, Level.PROBLEM) + " wrong, " + count(findings, Level.HINT) + " to look at, "
                + count(findings, Level.OK) + " well, " + count(findings, Level.SKIPPED) + " not looked at");
        out.flush();
    }

    static JsonObject json(List<Finding> findings) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(new JsonObject()
                    .put("level", name(finding.level()))
                    .put("check", finding.check())
                    .put("seen", finding.seen())
                    .put("advice", finding.advice()));
        }
        JsonObject counts = new JsonObject();
        for (Level level : Level.values()) {
            counts.put(name(level), count(findings, level));
        }
        return new JsonObject().put("findings", all).put("counts", counts);
    }

    static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private static String name(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static String level(Level level, boolean colours) {
        String text = padded(name(level), Level.PROBLEM.name().length());
        if (!colours) {
            return text;
        }
        String colour = switch (level) {
            case OK -> "\033[32m";
            case HINT -> "\033[33m";
            case PROBLEM -> "\033[31m";
            case SKIPPED -> "\033[2m";
        };
        return colour + text + RESET;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
