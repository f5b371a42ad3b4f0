// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes findings for people and for programs. Stateless. */
final class FindingReport {
    private FindingReport() {}

    /** One line, and one with what to do when not all is well. */
    static void print(Finding finding, PrintWriter out) {
        out.printf("%-8s %s: %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.check(), finding.seen());
        if (!finding.advice().isEmpty()) {
            out.println("         -> " + finding.advice());
        }
        out.flush();
    }

    static JsonObject json(List<Finding> findings) {
        JsonArray all = new JsonArray();
        for (Finding finding : findings) {
            all.add(new JsonObject()
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("check", finding.check())
                    .put("seen", finding.seen())
                    .put("advice", finding.advice()));
        }
        return new JsonObject().put("findings", all).put("problems", problems(findings));
    }

    static long problems(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.level() == Level.PROBLEM)
                .count();
    }
}
