// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.peerdist.conformance.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The command {@code openssl}: somebody else's opinion about our certificates and handshakes. */
public final class OpenSslCommand {
    private OpenSslCommand() {}

    /** What a run printed on both of its outputs. */
    public record Result(int exitCode, String output) {}

    /**
     * Runs it to its end; the test is skipped where there is none.
     *
     * @param input for s_client; when it begins with its command {@code R} or {@code -ign_eof} is given, only the server ends
     *     the run
     */
    public static Result run(String input, List<String> arguments) throws IOException {
        Assumptions.assumeTrue(isInstalled(), "skipped: there is no openssl on the PATH to compare with");
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            // s_client ends with its input, unless it is to wait for what the server does.
            if (!input.startsWith("R") && !arguments.contains("-ign_eof")) {
                process.getOutputStream().close();
            }
            String text = Await.result(output);
            return new Result(Await.result(process.onExit()).exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    }
}
