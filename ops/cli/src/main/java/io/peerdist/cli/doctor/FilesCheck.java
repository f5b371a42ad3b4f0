// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Looks whether files that the configuration names can be read. */
final class FilesCheck implements Check {
    private final Map<String, Path> files;

    /** By the keys that name them. */
    FilesCheck(Map<String, Path> files) {
        this.files = Map.copyOf(files);
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<Finding> run() {
        return files.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> look(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Finding look(String key, Path file) {
        if (Files.isRegularFile(file) && Files.isReadable(file)) {
            return Finding.ok(name(), key + " " + file + " can be read");
        }
        boolean there = Files.exists(file);
        return Finding.problem(
                name(),
                key + " " + file + (there ? " cannot be read by this user" : " is not there"),
                there
                        ? "Let the daemon's user read it: ls -l " + file + "; chgrp, chmod 640."
                        : "Put it there, or correct " + key + ".");
    }
}
