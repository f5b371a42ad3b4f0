// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.ByteCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what a daemon may use of this machine with what it needs: open files and memory. */
final class LimitsCheck implements Check {
    /** Heap, buffers and the catalogue, with room for the Java machine itself. */
    private static final long NEEDED_MEMORY_BYTES = 384L << 20;

    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\S+)\\s+(\\S+)");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d{1,15}) kB");

    private final String daemon;
    private final long neededFiles;
    private final Machine machine;

    /** @param neededFiles how many files and connections the daemon may have open at once */
    LimitsCheck(String daemon, long neededFiles, Machine machine) {
        this.daemon = daemon;
        this.neededFiles = neededFiles;
        this.machine = machine;
    }

    @Override
    public String name() {
        return "limits of " + daemon;
    }

    @Override
    public List<Finding> run() throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(files());
        findings.add(memory());
        return findings;
    }

    /** Java raises the soft limit to the hard one by itself, so that is the one that counts. */
    private Finding files() throws IOException {
        Matcher limits = OPEN_FILES.matcher(read(machine.proc().resolve("self/limits")));
        if (!limits.find()) {
            return Finding.skipped(name(), "this kernel does not tell how many files may be open", "Look: ulimit -Hn.");
        }
        String hard = limits.group(2);
        long limit = hard.matches("\\d{1,18}") ? Long.parseLong(hard) : Long.MAX_VALUE;
        String seen = hard + " open files are allowed, " + neededFiles + " may be needed";
        if (limit >= neededFiles) {
            return Finding.ok(name(), seen);
        }
        return Finding.hint(
                name(),
                seen,
                "For a service: LimitNOFILE=" + Math.max(neededFiles, 65_536) + " in its unit (systemctl edit peerdist-"
                        + daemon + "); in a shell: ulimit -n. Or allow fewer connections.");
    }

    private Finding memory() throws IOException {
        Matcher available = AVAILABLE.matcher(read(machine.proc().resolve("meminfo")));
        if (!available.find()) {
            return Finding.skipped(name(), "this kernel does not tell how much memory there is", "Look: free -m.");
        }
        long bytes = Long.parseLong(available.group(1)) << 10;
        String seen = ByteCounts.format(bytes) + " of memory are available";
        OptionalLong group = groupLimit();
        if (group.isPresent()) {
            bytes = Math.min(bytes, group.getAsLong());
            seen += ", and " + ByteCounts.format(group.getAsLong()) + " allowed to this group of processes";
        }
        return bytes >= NEEDED_MEMORY_BYTES
                ? Finding.ok(name(), seen)
                : Finding.hint(
                        name(),
                        seen + "; a daemon needs " + ByteCounts.format(NEEDED_MEMORY_BYTES),
                        "Give it more (MemoryMax= of its unit, the limit of the container), or the machine.");
    }

    /** Of the control group and those around it (cgroups(7), version 2). */
    private OptionalLong groupLimit() throws IOException {
        String line = read(machine.proc().resolve("self/cgroup"))
                .lines()
                .filter(each -> each.startsWith("0::/"))
                .findFirst()
                .orElse("");
        if (line.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong least = OptionalLong.empty();
        Path root = machine.controlGroups();
        for (Path group = root.resolve(line.substring("0::/".length())).normalize();
                group != null && group.startsWith(root);
                group = group.getParent()) {
            String text = read(group.resolve("memory.max")).strip();
            if (text.matches("\\d{1,18}")) {
                long limit = Long.parseLong(text);
                least = OptionalLong.of(Math.min(limit, least.orElse(limit)));
            }
        }
        return least;
    }

    /** Empty for what this kernel does not have. */
    private static String read(Path file) throws IOException {
        return Files.isReadable(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }
}
