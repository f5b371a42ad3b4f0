// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.conformance.Gen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A disk that can tell what a power cut would leave: of what has been written since the last force any part, in units of a
 * sector, may be missing, and so may files made and deletions since the directory was forced last. Keeps what is on the
 * platter, so to speak, in memory. Thread-safe as far as the store needs it.
 */
final class PowerCutFiles implements ExtentFiles {
    private static final int SECTOR_BYTES = 512;

    private record Write(long position, ByteBuffer octets) {}

    /** A file as the platter has it, and what is on its way there. */
    private static final class Platter {
        private byte[] forced = new byte[0];
        private final List<Write> pending = new ArrayList<>();
        private boolean named;

        private Platter() {}

        private Platter(Platter other) {
            forced = other.forced.clone();
            pending.addAll(other.pending);
            named = other.named;
        }

        /** What has been forced and a part of the rest. */
        byte[] cut(Gen gen, long size) {
            byte[] left = Arrays.copyOf(forced, (int) size);
            for (Write write : pending) {
                int bytes = write.octets().remaining();
                for (int from = 0; from < bytes; ) {
                    int sectorEnd = (int) ((write.position() + from) / SECTOR_BYTES + 1) * SECTOR_BYTES;
                    int to = (int) Math.min(bytes, sectorEnd - write.position());
                    if (gen.intBetween(0, 1) == 0) {
                        write.octets().get(from, left, (int) write.position() + from, to - from);
                    }
                    from = to;
                }
            }
            return left;
        }
    }

    private final Path directory;
    private final ExtentFiles disk;
    private final Map<Integer, Platter> platters = new HashMap<>();
    /** Has the next force fail, and the system forget what was to be written. */
    volatile boolean nextForceFails;

    private final Map<Integer, Platter> unlinked = new HashMap<>();

    PowerCutFiles(Path directory) {
        this.directory = directory;
        try {
            disk = new DiskExtentFiles(directory);
            for (int extentId : disk.list()) {
                Platter platter = new Platter();
                platter.forced = Files.readAllBytes(DiskExtentFiles.path(directory, extentId));
                platter.named = true;
                platters.put(extentId, platter);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Files in {@code log}, where {@link #killTo} of {@code before} has put them: what was not forced then is not now. */
    PowerCutFiles(Path log, PowerCutFiles before) {
        this(log);
        synchronized (before) {
            before.platters.forEach((extentId, platter) -> platters.put(extentId, new Platter(platter)));
            before.unlinked.forEach((extentId, platter) -> unlinked.put(extentId, new Platter(platter)));
        }
    }

    /** Copies to {@code log} what the death of the process at this moment leaves, and with {@code others} other files. */
    synchronized void killTo(Path log, Runnable others) throws IOException {
        others.run();
        Files.createDirectories(log);
        for (int extentId : disk.list()) {
            Files.copy(DiskExtentFiles.path(directory, extentId), DiskExtentFiles.path(log, extentId));
        }
    }

    /**
     * Writes to {@code log} what a power cut at this moment leaves. Nothing is written, forced or deleted while {@code
     * others} runs, which takes what the same cut leaves of other files.
     */
    synchronized void cutTo(Path log, Gen gen, Runnable others) throws IOException {
        others.run();
        Files.createDirectories(log);
        for (Map.Entry<Integer, Platter> entry : platters.entrySet()) {
            Platter platter = entry.getValue();
            if (platter.named || gen.intBetween(0, 1) == 0) {
                write(log, entry.getKey(), platter, gen);
            }
        }
        for (Map.Entry<Integer, Platter> entry : unlinked.entrySet()) {
            if (entry.getValue().named && gen.intBetween(0, 1) == 0) {
                write(log, entry.getKey(), entry.getValue(), gen);
            }
        }
    }

    private static void write(Path log, int extentId, Platter platter, Gen gen) throws IOException {
        long size = Math.max(
                platter.forced.length,
                platter.pending.stream()
                        .mapToLong(write -> write.position() + write.octets().remaining())
                        .max()
                        .orElse(0));
        Files.write(DiskExtentFiles.path(log, extentId), platter.cut(gen, size), StandardOpenOption.CREATE);
    }

    @Override
    public List<Integer> list() throws IOException {
        return disk.list();
    }

    @Override
    public synchronized ExtentFile create(int extentId, long bytes) throws IOException {
        ExtentFile file = disk.create(extentId, bytes);
        Platter platter = new Platter();
        // The length is data of the file system's own; what is not there reads as zeros.
        platter.pending.add(new Write(bytes - 1, ByteBuffer.allocate(1)));
        platters.put(extentId, platter);
        return new CutFile(file, platter);
    }

    @Override
    public synchronized ExtentFile open(int extentId) throws IOException {
        return new CutFile(disk.open(extentId), Objects.requireNonNull(platters.get(extentId)));
    }

    @Override
    public synchronized void delete(int extentId) throws IOException {
        disk.delete(extentId);
        Platter platter = platters.remove(extentId);
        if (platter != null) {
            unlinked.put(extentId, platter);
        }
    }

    @Override
    public synchronized void forceDirectory() throws IOException {
        platters.values().forEach(platter -> platter.named = true);
        unlinked.clear();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    private final class CutFile implements ExtentFile {
        private final ExtentFile file;
        private final Platter platter;

        CutFile(ExtentFile file, Platter platter) {
            this.file = file;
            this.platter = platter;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            ByteBuffer copy = ByteBuffer.allocate(source.remaining());
            copy.put(source.duplicate()).flip();
            synchronized (PowerCutFiles.this) {
                int count = file.write(source, position);
                platter.pending.add(new Write(position, copy.limit(count)));
                return count;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (PowerCutFiles.this) {
                if (nextForceFails) {
                    nextForceFails = false;
                    // As Linux does: what could not be written counts as clean from now on.
                    platter.pending.clear();
                    throw new IOException("Input/output error");
                }
                long size = file.size();
                byte[] all = Arrays.copyOf(platter.forced, (int) size);
                for (Write write : platter.pending) {
                    if (write.position() + write.octets().remaining() <= size) {
                        write.octets()
                                .get(
                                        0,
                                        all,
                                        (int) write.position(),
                                        write.octets().remaining());
                    }
                }
                platter.forced = all;
                platter.pending.clear();
            }
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        /** Counts as forced at once: only the start does this. */
        @Override
        public void resize(long bytes) throws IOException {
            file.resize(bytes);
            synchronized (PowerCutFiles.this) {
                platter.pending.removeIf(write -> write.position() >= bytes);
                platter.forced = Arrays.copyOf(platter.forced, (int) bytes);
            }
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
