// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.hostedcache.authentication.HttpExchange.Response;
import io.peerdist.runtime.tls.TlsSettings;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a KDC, with the JDK as the client. */
class ClientAuthenticationIT {
    private static final byte[] BODY = {1, 2, 3};
    private static final String PC1 = KerberosRealm.PC1;
    private static final String PC2 = "PC2$@" + KerberosRealm.NAME;
    private static final String SERVICE = KerberosRealm.SERVICE;
    private static final String HOST = "host/localhost@" + KerberosRealm.NAME;
    private static final String OTHER = "HTTP/other@" + KerberosRealm.NAME;

    @TempDir
    private static Path directory;

    private static KerberosRealm realm;
    private static Path keytab;
    private static KerberosClient pc1;

    @BeforeAll
    static void openRealm() {
        realm = new KerberosRealm(directory);
        keytab = realm.keytab(SERVICE, HOST);
        realm.keytab(OTHER, PC2);
        pc1 = realm.client(PC1);
    }

    @AfterAll
    static void closeRealm() {
        realm.close();
    }

    @Test
    void answersWithoutATicketThatOneIsNeeded() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            Response response = exchange.post(BODY);

            assertThat(response.status()).isEqualTo(401);
            assertThat(response.challenge()).isEqualTo("Negotiate");
            assertThat(response.headers()).doesNotContainEntry("connection", "close");
            assertThat(server.served()).isEmpty();
        }
    }

    @Test
    void acceptsATicketAndProvesItselfToTheClient() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            KerberosClient.Exchange kerberos = pc1.to(SERVICE);
            exchange.post(BODY);

            Response response = exchange.post(BODY, kerberos.authorization());

            assertThat(response.status()).isEqualTo(200);
            assertThat(kerberos.isProvenBy(response.challenge())).isTrue();
            assertThat(server.served()).hasSize(1);
            assertThat(server.served().get(0)).doesNotContain("authorization");
            assertThat(server.count("accepted")).isEqualTo(1);
        }
    }

    @Test
    void doesTheSameOverTls() throws Exception {
        TlsSettings selfSigned = TlsSettings.selfSigned(directory.resolve("certificate"));
        try (AuthenticatingServer server = new AuthenticatingServer(AuthenticationSettings.domain(keytab), selfSigned);
                HttpExchange exchange = server.connect()) {
            KerberosClient.Exchange kerberos = pc1.to(SERVICE);
            assertThat(exchange.post(BODY).status()).isEqualTo(401);

            Response response = exchange.post(BODY, kerberos.authorization());

            assertThat(response.status()).isEqualTo(200);
            assertThat(kerberos.isProvenBy(response.challenge())).isTrue();
            assertThat(exchange.post(BODY).status()).isEqualTo(200);
        }
    }

    @Test
    void remembersTheClientForItsConnectionOnly() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange first = server.connect();
                HttpExchange second = server.connect()) {
            first.post(BODY, pc1.to(SERVICE).authorization());

            Response again = first.post(BODY);

            assertThat(again.status()).isEqualTo(200);
            assertThat(again.challenge()).isEmpty();
            assertThat(second.post(BODY).status()).isEqualTo(401);
            assertThat(server.count("remembered")).isEqualTo(1);
        }
    }

    @Test
    void acceptsSeveralConnectionsAtOnce() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (AuthenticatingServer server = server()) {
            List<Future<Boolean>> accepted = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String principal = i % 2 == 0 ? PC1 : PC2;
                Callable<Boolean> client = () -> {
                    KerberosClient.Exchange kerberos = realm.client(principal).to(SERVICE);
                    try (HttpExchange exchange = server.connect()) {
                        Response response = exchange.post(BODY, kerberos.authorization());
                        return response.status() == 200
                                && kerberos.isProvenBy(response.challenge())
                                && exchange.post(BODY).status() == 200;
                    }
                };
                accepted.add(clients.submit(client));
            }
            for (Future<Boolean> each : accepted) {
                assertThat(each.get()).isTrue();
            }
            assertThat(server.count("accepted")).isEqualTo(40);
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void acceptsKerberosWithoutSpnegoAndWithoutAProof() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange bare = server.connect();
                HttpExchange oneWay = server.connect()) {
            KerberosClient.Exchange kerberos = pc1.bareTo(SERVICE);
            Response response = bare.post(BODY, kerberos.authorization());
            assertThat(response.status()).isEqualTo(200);
            assertThat(kerberos.isProvenBy(response.challenge())).isTrue();

            assertThat(oneWay.post(BODY, pc1.oneWayTo(SERVICE).authorization()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void leadsAClientThatGuessedNtlmToKerberosInASecondRound() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            // NegTokenInit (RFC 4178 4.2.1): NTLM, then Kerberos, and the first message of NTLM
            String guess = "6037" + "06062b0601050502" + "a02d302b" + "a0193017" + "060a2b06010401823702020a"
                    + "06092a864886f712010202" + "a20e040c" + "4e544c4d5353500001000000";
            Response first =
                    exchange.post(BODY, "Negotiate " + base64(HexFormat.of().parseHex(guess)));
            assertThat(first.status()).isEqualTo(401);
            assertThat(first.challenge()).startsWith("Negotiate ");

            byte[] bare = Base64.getDecoder()
                    .decode(pc1.bareTo(SERVICE).authorization().substring("Negotiate ".length()));
            Response second = exchange.post(BODY, "Negotiate " + base64(negTokenResp(bare)));

            assertThat(second.status()).isEqualTo(200);
            assertThat(second.challenge()).startsWith("Negotiate ");
            assertThat(server.count("continued")).isEqualTo(1);
        }
    }

    /** RFC 4178 4.2.2: nothing but a response token. */
    private static byte[] negTokenResp(byte[] token) {
        return der(0xa1, der(0x30, der(0xa2, der(0x04, token))));
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        out.write(0x82);
        out.write(content.length >> 8);
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    @Test
    void refusesATokenThatItHasSeen() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect();
                HttpExchange thief = server.connect()) {
            String overheard = pc1.to(SERVICE).authorization();
            assertThat(exchange.post(BODY, overheard).status()).isEqualTo(200);

            assertThat(thief.post(BODY, overheard).status()).isEqualTo(401);
            assertThat(thief.post(BODY).status()).isEqualTo(401);
            assertThat(exchange.post(BODY).status()).isEqualTo(200);
            assertThat(server.count("refused")).isEqualTo(1);
        }
    }

    @Test
    void refusesTicketsForOtherServices() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            // of the same keytab, but not what a client of HTTP asks for
            assertThat(exchange.post(BODY, pc1.to(HOST).authorization()).status())
                    .isEqualTo(401);
            assertThat(exchange.post(BODY).status()).isEqualTo(401);
            assertThat(server.count("wrong_service")).isEqualTo(1);
            // of a key that is not in the keytab
            assertThat(exchange.post(BODY, pc1.to(OTHER).authorization()).status())
                    .isEqualTo(401);
            assertThat(server.count("refused")).isEqualTo(1);
        }
    }

    @Test
    void servesTheOnePrincipalThatIsSet() throws Exception {
        Path both = realm.keytab(SERVICE, OTHER);
        try (AuthenticatingServer server = new AuthenticatingServer(
                        AuthenticationSettings.domain(both).withServicePrincipal(SERVICE));
                HttpExchange exchange = server.connect()) {
            assertThat(exchange.post(BODY, pc1.to(OTHER).authorization()).status())
                    .isEqualTo(401);
            assertThat(exchange.post(BODY, pc1.to(SERVICE).authorization()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void refusesTicketsOutOfTheirTime() throws Exception {
        TicketForge forge = new TicketForge(SERVICE, keytab);
        Instant now = io.peerdist.runtime.Clock.system().instant();
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            assertThat(status(exchange, forge.client("PC1$", KerberosRealm.NAME, hours(now, -2), hours(now, 2))))
                    .as("a forged ticket is as good as any while its time is right")
                    .isEqualTo(200);
            assertThat(status(exchange, forge.client("PC1$", KerberosRealm.NAME, hours(now, -4), hours(now, -2))))
                    .as("expired")
                    .isEqualTo(401);
            assertThat(status(exchange, forge.client("PC1$", KerberosRealm.NAME, hours(now, 2), hours(now, 4))))
                    .as("not yet valid")
                    .isEqualTo(401);
            assertThat(server.count("refused")).isEqualTo(2);
        }
    }

    @Test
    void forbidsWhoIsNotOnTheList() throws Exception {
        TicketForge forge = new TicketForge(SERVICE, keytab);
        Instant now = io.peerdist.runtime.Clock.system().instant();
        AuthenticationSettings some =
                AuthenticationSettings.domain(keytab).withAllow(PC2, "@PARTNER.EXAMPLE", "x@y@ODD.EXAMPLE");
        try (AuthenticatingServer server = new AuthenticatingServer(some);
                HttpExchange exchange = server.connect()) {
            KerberosClient.Exchange forbidden = pc1.to(SERVICE);
            Response response = exchange.post(BODY, forbidden.authorization());
            assertThat(response.status()).isEqualTo(403);
            assertThat(forbidden.isProvenBy(response.challenge())).isTrue();
            assertThat(exchange.post(BODY).status()).isEqualTo(403);
            assertThat(server.served()).isEmpty();

            assertThat(status(exchange, realm.client(PC2))).isEqualTo(200);
            assertThat(status(exchange, forge.client("PC9$", "PARTNER.EXAMPLE", hours(now, -1), hours(now, 1))))
                    .isEqualTo(200);
            assertThat(status(exchange, forge.client("PC9$", "SUB.PARTNER.EXAMPLE", hours(now, -1), hours(now, 1))))
                    .isEqualTo(403);
            assertThat(status(exchange, forge.client("PC9$", "partner.example", hours(now, -1), hours(now, 1))))
                    .isEqualTo(403);
        }
    }

    @Test
    void takesNewKeysWithoutARestart() throws Exception {
        String service = "HTTP/renewed@" + KerberosRealm.NAME;
        Path file = realm.keytab(service);
        try (AuthenticatingServer server = new AuthenticatingServer(AuthenticationSettings.domain(file));
                HttpExchange exchange = server.connect()) {
            assertThat(status(exchange, realm.client(PC1), service)).isEqualTo(200);
            realm.renew(service);
            Path renewed = realm.keytab(service);
            Files.setLastModifiedTime(
                    renewed,
                    java.nio.file.attribute.FileTime.from(
                            Files.getLastModifiedTime(file).toInstant().plus(Duration.ofSeconds(2))));

            Files.move(renewed, file, StandardCopyOption.REPLACE_EXISTING);

            assertThat(status(exchange, realm.client(PC1), service)).isEqualTo(200);
        }
    }

    @Test
    void refusesTokensThatAreDamaged() throws Exception {
        byte[] good = Base64.getDecoder().decode(pc1.to(SERVICE).authorization().substring("Negotiate ".length()));
        Gen gen = Gen.ofSeed(7);
        try (AuthenticatingServer server = server()) {
            for (int i = 0; i < 60; i++) {
                byte[] damaged = i % 3 == 0 ? Arrays.copyOf(good, gen.intBetween(1, good.length - 1)) : good.clone();
                if (i % 3 == 1) {
                    damaged[gen.intBetween(0, 120)] ^= (byte) (1 << gen.intBetween(0, 7));
                } else if (i % 3 == 2) {
                    damaged = gen.bytes(gen.intBetween(1, 2_000));
                }
                try (HttpExchange exchange = server.connect()) {
                    int status =
                            exchange.post(BODY, "Negotiate " + base64(damaged)).status();
                    // a bit in a field that is only a hint may not matter
                    assertThat(status).as("%d", i).isIn(i % 3 == 1 ? List.of(200, 401) : List.of(401));
                }
            }
            try (HttpExchange exchange = server.connect()) {
                assertThat(status(exchange, pc1)).isEqualTo(200);
            }
        }
    }

    @Test
    void endsTheConnectionOfWhoFailsAgainAndAgain() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            for (int i = 1; i < NegotiateSession.MAX_FAILURES; i++) {
                assertThat(exchange.post(BODY, "Negotiate ####").status()).isEqualTo(401);
            }

            Response last = exchange.post(BODY, "Negotiate AAAA", "Negotiate AAAA");

            assertThat(last.status()).isEqualTo(401);
            assertThat(last.headers()).containsEntry("connection", "close");
            assertThat(exchange.isAtEnd()).isTrue();
            assertThat(server.count("malformed")).isEqualTo(NegotiateSession.MAX_FAILURES);
        }
    }

    @Test
    void refusesATokenThatIsTooLong() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            Response response = exchange.post(BODY, "Negotiate " + base64(new byte[20_000]));

            assertThat(response.status()).isEqualTo(431);
            assertThat(exchange.isAtEnd()).isTrue();
            assertThat(server.count("too_long")).isEqualTo(1);
        }
    }

    @Test
    void doesNotTakeNtlm() throws Exception {
        try (AuthenticatingServer server = server();
                HttpExchange exchange = server.connect()) {
            String ntlm = NegotiateCredentialsTest.base64(NegotiateCredentialsTest.NTLM);
            String wrapped = NegotiateCredentialsTest.base64(NegotiateCredentialsTest.SPNEGO_OF_NTLM);
            for (String field : List.of("NTLM " + ntlm, "Negotiate " + ntlm, "Negotiate " + wrapped)) {
                Response response = exchange.post(BODY, field);

                assertThat(response.status()).isEqualTo(401);
                assertThat(response.challenge()).isEqualTo("Negotiate");
            }
            assertThat(server.count("ntlm")).isEqualTo(3);
        }
    }

    private static AuthenticatingServer server() {
        return new AuthenticatingServer(AuthenticationSettings.domain(keytab));
    }

    private static int status(HttpExchange exchange, KerberosClient client) throws Exception {
        return status(exchange, client, SERVICE);
    }

    private static int status(HttpExchange exchange, KerberosClient client, String service) throws Exception {
        return exchange.post(BODY, client.to(service).authorization()).status();
    }

    private static Instant hours(Instant now, int hours) {
        return now.plus(Duration.ofHours(hours));
    }

    private static String base64(byte[] token) {
        return Base64.getEncoder().encodeToString(token);
    }
}
