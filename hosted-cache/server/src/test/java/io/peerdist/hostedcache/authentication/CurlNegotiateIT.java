// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peerdist.conformance.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that we did not write: curl with MIT's Kerberos. Needs a curl that knows GSS-API on the path (Debian: package
 * curl), and takes its ticket from MIT's kinit where there is one (Debian: package krb5-user), else from Kerby's.
 */
class CurlNegotiateIT {
    @TempDir
    private static Path directory;

    private static KerberosRealm realm;
    private static AuthenticatingServer server;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                run(Map.of(), "", "curl", "--version").output().contains("GSS-API"),
                "no curl with GSS-API on the path: nothing was tried with it");
        realm = new KerberosRealm(directory);
        server = new AuthenticatingServer(AuthenticationSettings.domain(realm.keytab(KerberosRealm.SERVICE)));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        if (realm != null) {
            realm.close();
        }
    }

    @Test
    void acceptsCurlWithATicket() throws Exception {
        Path tickets = tickets();

        Output curl = curl(tickets, "--negotiate", "-u", ":");

        assertThat(curl.exitCode()).as(curl.output()).isZero();
        assertThat(curl.output()).contains("HTTP/1.1 200 OK", "www-authenticate: Negotiate ", "served");
        assertThat(server.count("accepted")).isEqualTo(1);
    }

    @Test
    void challengesCurlWithoutATicket() throws Exception {
        Output curl = curl(directory.resolve("none"), "--negotiate", "-u", ":");

        assertThat(curl.output()).contains("HTTP/1.1 401 Unauthorized").doesNotContain("served");
    }

    @Test
    void challengesCurlWithNtlmInVain() throws Exception {
        Output curl = curl(directory.resolve("none"), "--ntlm", "-u", "user:password");

        assertThat(curl.output()).contains("HTTP/1.1 401 Unauthorized").doesNotContain("served");
    }

    /** A ticket for tickets, by MIT's own program if it is there. */
    private static Path tickets() throws Exception {
        if (!isOnPath("kinit")) {
            System.out.println("CurlNegotiateIT: no kinit on the path (Debian: krb5-user); the ticket is Kerby's");
            return realm.ticketCache(KerberosRealm.PC1);
        }
        Path tickets = directory.resolve("kinit.ccache");
        Output kinit = run(environment(tickets), realm.password(KerberosRealm.PC1) + "\n", "kinit", KerberosRealm.PC1);
        assertThat(kinit.exitCode()).as(kinit.output()).isZero();
        return tickets;
    }

    private static boolean isOnPath(String program) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static Output curl(Path tickets, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-i", "--noproxy", "*", "--data", "offer"));
        command.addAll(List.of(options));
        command.add("http://localhost:" + server.address().getPort() + "/");
        return run(environment(tickets), "", command.toArray(String[]::new));
    }

    private static Map<String, String> environment(Path tickets) {
        return Map.of("KRB5_CONFIG", realm.configuration().toString(), "KRB5CCNAME", "FILE:" + tickets);
    }

    private record Output(int exitCode, String output) {}

    private static Output run(Map<String, String> environment, String input, String... command)
            throws InterruptedException, IOException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Output(-1, String.valueOf(e.getMessage()));
        }
        process.outputWriter(StandardCharsets.UTF_8).append(input).close();
        if (!process.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + ": not ended within " + Await.LIMIT);
        }
        return new Output(process.exitValue(), Files.readString(output));
    }
}
