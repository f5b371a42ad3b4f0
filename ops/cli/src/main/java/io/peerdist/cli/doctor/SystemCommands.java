// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Runs the programs that are installed. Thread-safe. */
final class SystemCommands implements Commands {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** Rules of a machine with thousands of containers; what is longer is cut off, and does not parse. */
    private static final int MAX_OUTPUT_BYTES = 32 << 20;

    /** Where an administrator's programs are, whatever the path of the user who asks. */
    private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private final LongSupplier nanoTime;
    private final List<String> directories;

    SystemCommands(Map<String, String> environment, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        String path = environment.getOrDefault("PATH", "");
        this.directories = Stream.concat(Arrays.stream(path.split(File.pathSeparator, -1)), DIRECTORIES.stream())
                .filter(directory -> directory.startsWith("/"))
                .distinct()
                .toList();
    }

    @Override
    public Output run(String... command) throws InterruptedException {
        Optional<String> program = directories.stream()
                .map(directory -> Path.of(directory, command[0]))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
        if (program.isEmpty()) {
            return new Output(End.ABSENT, "");
        }
        List<String> line = new ArrayList<>(Arrays.asList(command));
        line.set(0, program.get());
        Process process;
        try {
            process = new ProcessBuilder(line).start();
        } catch (IOException e) {
            return new Output(End.FAILED, String.valueOf(e.getMessage()));
        }
        try {
            process.getOutputStream().close();
            return await(process, nanoTime.getAsLong() + LIMIT.toNanos());
        } catch (IOException e) {
            return new Output(End.FAILED, String.valueOf(e.getMessage()));
        } finally {
            process.destroyForcibly();
        }
    }

    private Output await(Process process, long end) throws InterruptedException, IOException {
        FutureTask<String> output = read(process.getInputStream(), "doctor-output");
        FutureTask<String> errors = read(process.getErrorStream(), "doctor-errors");
        try {
            String text = output.get(left(end), TimeUnit.NANOSECONDS);
            String error = errors.get(left(end), TimeUnit.NANOSECONDS);
            if (!process.waitFor(left(end), TimeUnit.NANOSECONDS)) {
                return new Output(End.TIMED_OUT, "");
            }
            return process.exitValue() == 0 ? new Output(End.DONE, text) : new Output(End.FAILED, error.strip());
        } catch (TimeoutException e) {
            return new Output(End.TIMED_OUT, "");
        } catch (ExecutionException e) {
            throw new IOException("its output cannot be read: " + e.getCause(), e);
        }
    }

    private long left(long end) {
        return Math.max(0, end - nanoTime.getAsLong());
    }

    private static FutureTask<String> read(InputStream stream, String name) {
        FutureTask<String> task =
                new FutureTask<>(() -> new String(stream.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8));
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
