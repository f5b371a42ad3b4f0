// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.ByteCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;

/** Looks at the directory of a store: there, writable, large enough, and on what kind of file system. */
final class DiskCheck implements Check {
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
    private static final Set<String> NETWORK =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs", "9p");

    private static final int FORCES = 5;
    private static final int FORCED_BYTES = 4_096;
    private static final double SLOW_FORCE_MILLIS = 100;
    private static final long MIN_INODES = 10_000; // far more than a store has files
    /** The rest of the machine needs room, too. */
    private static final double SPARE_PART = 0.05;

    private final String daemon;
    private final Path directory;
    private final long wantedBytes;
    private final Commands commands;
    private final LongSupplier nanoTime;

    /** @param wantedBytes how much the store may take in all */
    DiskCheck(String daemon, Path directory, long wantedBytes, Commands commands, LongSupplier nanoTime) {
        this.daemon = daemon;
        this.directory = directory.toAbsolutePath();
        this.wantedBytes = wantedBytes;
        this.commands = commands;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return "disk of " + daemon;
    }

    @Override
    public List<Finding> run() throws IOException, InterruptedException {
        Path existing = directory;
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            return List.of(Finding.problem(
                    name(),
                    existing + " is no directory",
                    "Move it away, or set another data-dir for " + daemon + "."));
        }
        List<Finding> findings = new ArrayList<>();
        boolean there = existing.equals(directory);
        if (!Files.isWritable(existing)) {
            findings.add(Finding.problem(
                    name(),
                    existing + " belongs to " + Files.getOwner(existing) + ", and this user ("
                            + System.getProperty("user.name") + ") may not write there",
                    "Run this as the daemon's user, or give the directory to it: chown -R USER " + existing + "."));
        } else if (there) {
            findings.add(force(existing));
        } else {
            findings.add(Finding.ok(name(), directory + " is not there yet and can be made"));
        }
        findings.addAll(space(existing, there ? used() : 0));
        return findings;
    }

    private List<Finding> space(Path existing, long usedBytes) throws IOException, InterruptedException {
        FileStore store = Files.getFileStore(existing);
        List<Finding> findings = new ArrayList<>();
        String type = store.type().toLowerCase(Locale.ROOT);
        if (MEMORY.contains(type)) {
            findings.add(Finding.hint(
                    name(),
                    existing + " is in memory (" + type + "): a restart of the machine empties it",
                    "Set data-dir to a directory of a disk."));
        } else if (NETWORK.contains(type)) {
            findings.add(Finding.hint(
                    name(),
                    existing + " is on the network (" + type + "): slow, and locks may fail",
                    "Set data-dir to a directory of a disk of this machine."));
        }
        long free = store.getUsableSpace();
        long needed = Math.max(0, wantedBytes - usedBytes);
        long spare = (long) (store.getTotalSpace() * SPARE_PART);
        String sizes = size(free) + " free of " + size(store.getTotalSpace()) + " (" + type + "), cache-size "
                + size(wantedBytes) + (usedBytes > 0 ? ", of which " + size(usedBytes) + " are there" : "");
        if (free < needed) {
            findings.add(Finding.problem(
                    name(),
                    "too small: " + sizes,
                    "Set cache-size to at most " + size(Math.max(0, usedBytes + free - spare))
                            + ", or take a larger disk."));
        } else if (free - needed < spare) {
            findings.add(Finding.hint(
                    name(),
                    "will be nearly full: " + sizes,
                    "Leave a twentieth of the disk free: set a smaller cache-size."));
        } else {
            findings.add(Finding.ok(name(), sizes));
        }
        Commands.Output inodes = commands.run("df", "--output=iavail", existing.toString());
        String count = inodes.text().lines().skip(1).findFirst().orElse("").strip();
        if (inodes.end() == Commands.End.DONE && count.matches("\\d{1,18}") && isShort(Long.parseLong(count))) {
            findings.add(Finding.hint(
                    name(),
                    "only " + count + " more files can be made there",
                    "df -i shows where they are; remove some."));
        }
        return findings;
    }

    /** Some file systems have no number of inodes, and say 0. */
    private static boolean isShort(long inodes) {
        return inodes > 0 && inodes < MIN_INODES;
    }

    /** How long a write takes until it is safe; the file is removed again. */
    private Finding force(Path where) {
        Path file = where.resolve(".doctor-" + ProcessHandle.current().pid());
        double slowest = 0;
        try {
            try (FileChannel channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE)) {
                for (int i = 0; i < FORCES; i++) {
                    long start = nanoTime.getAsLong();
                    channel.write(ByteBuffer.allocate(FORCED_BYTES), (long) i * FORCED_BYTES);
                    channel.force(true);
                    slowest = Math.max(slowest, (nanoTime.getAsLong() - start) / 1e6);
                }
            }
        } catch (IOException e) {
            return Finding.problem(
                    name(),
                    "nothing can be written to " + where + ": " + e.getMessage(),
                    "Look whether the disk is full or read-only: df -h " + where + "; mount; dmesg.");
        }
        String took = String.format(Locale.ROOT, "writes to %s are safe after %.1f ms at most", where, slowest);
        return slowest > SLOW_FORCE_MILLIS
                ? Finding.hint(
                        name(),
                        took + ", which is slow",
                        "A disk that is busy, failing or far away: iostat -x 1; smartctl -a. A larger sync-interval helps.")
                : Finding.ok(name(), took);
    }

    /** What the store takes now; files that come and go meanwhile do not matter. */
    private long used() throws IOException {
        long[] sum = {0};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // gone meanwhile, or of another user
            }
        });
        return sum[0];
    }

    private static String size(long bytes) {
        return ByteCounts.format(bytes);
    }
}
