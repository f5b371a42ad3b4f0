// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.authentication.HttpExchange;
import io.peerdist.hostedcache.authentication.KerberosClient;
import io.peerdist.hostedcache.authentication.KerberosRealm;
import io.peerdist.hostedcache.authentication.TrustedCertificate;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 1.0 offers of members of a domain, over HTTPS (MS-PCHC 2.1, 3.2.5.3). */
class AuthenticatedOffersIT {
    @TempDir
    private static Path realmDirectory;

    @TempDir
    private Path directory;

    private static KerberosRealm realm;
    private static Path keytab;

    @BeforeAll
    static void openRealm() {
        realm = new KerberosRealm(realmDirectory);
        keytab = realm.keytab(KerberosRealm.SERVICE);
    }

    @AfterAll
    static void closeRealm() {
        realm.close();
    }

    @Test
    void takesAnOfferWithATicketAndItsDescriptionWithoutOne() throws Exception {
        ContentSegment segment = ContentSegment.v1(1, 100_000);
        try (RunningCache cache = cache(Map.of());
                ScriptedPeer peer = VerifiedPullIT.peer(segment, segment::encrypted);
                HttpExchange exchange = connect(cache)) {
            byte[] offer = new InitialOffer(peer.port(), segment.id()).encode();
            KerberosClient.Exchange kerberos = realm.client(KerberosRealm.PC1).to(KerberosRealm.SERVICE);
            HttpExchange.Response asked = exchange.post(offer);
            assertThat(asked.status()).isEqualTo(401);
            assertThat(asked.challenge()).isEqualTo("Negotiate");

            HttpExchange.Response offered = exchange.post(offer, kerberos.authorization());
            assertThat(answer(offered)).isEqualTo(OfferResponse.INTERESTED);
            assertThat(kerberos.isProvenBy(offered.challenge())).isTrue();
            assertThat(answer(exchange.post(segment.info(peer.port()).encode())))
                    .isEqualTo(OfferResponse.OK);

            cache.awaitQuiet(1);
            assertThat(segment.decrypted(cache.block(segment.id(), 1))).isEqualTo(segment.block(1));
            assertThat(cache.count("peerdist_client_authentication", "result", "accepted"))
                    .isEqualTo(1);
        }
    }

    @Test
    void looksAtNothingOfWhoHasNoTicketOrIsNotOnTheList() throws Exception {
        byte[] garbage = {1, 2, 3};
        try (RunningCache cache = cache(Map.of("authentication.allow", "PC2$@" + KerberosRealm.NAME));
                HttpExchange exchange = connect(cache)) {
            assertThat(exchange.post(garbage).status()).isEqualTo(401);
            assertThat(exchange.post(
                                    garbage,
                                    realm.client(KerberosRealm.PC1)
                                            .to(KerberosRealm.SERVICE)
                                            .authorization())
                            .status())
                    .isEqualTo(403);
            assertThat(exchange.post(garbage).status()).isEqualTo(403);
            assertThat(cache.count("peerdist_malformed", "protocol", "MS-PCHC")).isZero();
        }
    }

    @Test
    void countsOffersWithoutATicketAgainstTheQuota() throws Exception {
        try (RunningCache cache = cache(Map.of("quotas.offers-per-minute", "2"));
                HttpExchange exchange = connect(cache)) {
            assertThat(exchange.post(new byte[1]).status()).isEqualTo(401);
            assertThat(exchange.post(new byte[1]).status()).isEqualTo(401);

            assertThat(exchange.post(new byte[1]).status()).isEqualTo(429);
            assertThat(exchange.isAtEnd()).isTrue();
        }
    }

    @Test
    void doesNotAuthenticateVersion2() throws Exception {
        ContentSegment segment = ContentSegment.v2(1, 1_000);
        try (RunningCache cache = cache(Map.of());
                ScriptedPeer peer = VerifiedPullIT.peer(segment, segment::encrypted)) {
            assertThat(OfferingClient.offer(cache.address(), RunningCache.LOCAL, peer.port(), segment.descriptor())
                            .status())
                    .isEqualTo(200);
            Await.until("pulled", () -> cache.pulls("stored") == 1);
        }
    }

    private static OfferResponse answer(HttpExchange.Response response) {
        assertThat(response.status()).isEqualTo(200);
        return OfferResponse.decode(ByteBuffer.wrap(response.body().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private RunningCache cache(Map<String, String> other) {
        Map<String, String> settings = new TreeMap<>(
                Map.of("https-port", "0", "authentication.mode", "domain", "authentication.keytab", keytab.toString()));
        settings.putAll(other);
        return new RunningCache(directory.resolve("cache"), settings, SegmentKeys.NONE);
    }

    private HttpExchange connect(RunningCache cache) throws IOException, GeneralSecurityException {
        HostPort https = HostPort.parse(cache.readyLine().replaceFirst(".*https=(\\S+).*", "$1"));
        return new HttpExchange(
                TrustedCertificate.madeIn(directory.resolve("cache/tls"))
                        .getSocketFactory()
                        .createSocket(https.host(), https.port()),
                HostedCacheRequest.OFFER_PATH_V1);
    }
}
