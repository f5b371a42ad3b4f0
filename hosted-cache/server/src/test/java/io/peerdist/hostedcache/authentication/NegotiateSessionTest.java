// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.hostedcache.authentication.NegotiateSession.Answer;
import io.peerdist.hostedcache.authentication.NegotiateSession.Ask;
import io.peerdist.hostedcache.authentication.NegotiateSession.Pass;
import io.peerdist.hostedcache.authentication.NegotiateSession.Verdict;
import io.peerdist.hostedcache.authentication.SecurityContext.Established;
import io.peerdist.hostedcache.authentication.SecurityContext.Incomplete;
import io.peerdist.hostedcache.authentication.SecurityContext.Refused;
import io.peerdist.hostedcache.authentication.SecurityContext.Step;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiateSessionTest {
    private static final String SERVICE = "HTTP/c@R";
    private static final String FIRST = "Negotiate YAAA"; // 0x60: begins a context
    private static final String NEXT = "Negotiate oQAA"; // 0xa1: NegTokenResp
    private static final Established PC1 = new Established("PC1$@R", SERVICE, "cHJvb2Y=");
    private static final Answer CHALLENGE = new Answer(401, null, false);
    private static final long HOUR_NANOS = NegotiateSession.REMEMBERED_FOR.toNanos();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedContext.Source contexts = new ScriptedContext.Source();
    private NegotiateSession session = session(AuthenticationSettings.domain(Path.of("k")));
    private long nowNanos = Long.MAX_VALUE - 1_000;

    @Test
    void challengesWhoComesWithoutATicket() {
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(count("challenged")).isEqualTo(2);
        assertThat(contexts.made()).isZero();
    }

    @Test
    void passesATicketAndRemembersItForTheConnection() {
        contexts.then(PC1);

        assertThat(request(FIRST)).isEqualTo(new Pass("cHJvb2Y="));
        assertThat(request()).isEqualTo(new Pass(null));
        assertThat(request()).isEqualTo(new Pass(null));

        assertThat(count("accepted")).isEqualTo(1);
        assertThat(count("remembered")).isEqualTo(2);
        assertThat(contexts.open()).isZero();
    }

    @Test
    void asksForATicketAgainAfterAnHour() {
        contexts.then(PC1, PC1);
        request(FIRST);
        nowNanos += HOUR_NANOS - 1;
        assertThat(request()).isInstanceOf(Pass.class);

        nowNanos += 1;

        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(request(FIRST)).isInstanceOf(Pass.class);
    }

    @Test
    void letsANewTicketTakeThePlaceOfTheFormer() {
        session = session(AuthenticationSettings.domain(Path.of("k")).withAllow("PC1$@R"));
        contexts.then(PC1, new Established("PC2$@R", SERVICE, null), PC1, new Refused("expired"));
        request(FIRST);

        assertThat(request(FIRST)).isEqualTo(new Answer(403, null, false));
        assertThat(request()).isEqualTo(new Answer(403, null, false));
        assertThat(request(FIRST)).isInstanceOf(Pass.class);
        assertThat(request(FIRST)).isEqualTo(CHALLENGE);
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(count("forbidden")).isEqualTo(2);
        assertThat(count("refused")).isEqualTo(1);
    }

    @Test
    void provesItselfAlsoToWhomItForbids() {
        session = session(AuthenticationSettings.domain(Path.of("k")).withAllow("@OTHER"));
        contexts.then(PC1);

        assertThat(request(FIRST)).isEqualTo(new Answer(403, "cHJvb2Y=", false));
    }

    @Test
    void refusesATicketForAnotherServiceOfTheKeytab() {
        contexts.then(new Established("PC1$@R", "host/c@R", "cHJvb2Y="));

        assertThat(request(FIRST)).isEqualTo(CHALLENGE);
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(count("wrong_service")).isEqualTo(1);
        assertThat(contexts.open()).isZero();
    }

    @Test
    void goesThroughSeveralRounds() {
        contexts.then(new Incomplete("bW9yZQ=="), PC1);

        assertThat(request(FIRST)).isEqualTo(new Answer(401, "bW9yZQ==", false));
        assertThat(contexts.open()).isEqualTo(1);
        assertThat(request(NEXT)).isEqualTo(new Pass("cHJvb2Y="));

        assertThat(contexts.made()).isEqualTo(1);
        assertThat(contexts.open()).isZero();
        assertThat(count("continued")).isEqualTo(1);
    }

    @Test
    void endsRoundsThatAreTooMany() {
        Incomplete more = new Incomplete("bW9yZQ==");
        contexts.then(more, more, more, more);
        request(FIRST);
        for (int round = 2; round <= NegotiateSession.MAX_ROUNDS; round++) {
            assertThat(request(NEXT)).isEqualTo(new Answer(401, "bW9yZQ==", false));
        }

        assertThat(request(NEXT)).isEqualTo(CHALLENGE);
        assertThat(count("unfinished")).isEqualTo(1);
        assertThat(contexts.open()).isZero();
    }

    @Test
    void endsRoundsThatTakeTooLong() {
        contexts.then(new Incomplete("bW9yZQ=="));
        request(FIRST);

        nowNanos += NegotiateSession.ROUNDS_LIMIT.toNanos() + 1;

        assertThat(request(NEXT)).isEqualTo(CHALLENGE);
        assertThat(count("unfinished")).isEqualTo(1);
        assertThat(contexts.open()).isZero();
    }

    @Test
    void letsAClientBeginAnew() {
        contexts.then(new Incomplete("bW9yZQ=="), new Incomplete("bW9yZQ=="), PC1);
        request(FIRST);
        assertThat(request(FIRST)).isEqualTo(new Answer(401, "bW9yZQ==", false));
        assertThat(contexts.open()).isEqualTo(1);

        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(contexts.open()).isZero();
        assertThat(request(FIRST)).isInstanceOf(Pass.class);
    }

    @Test
    void closesTheConnectionOfWhoBeginsAnewAgainAndAgain() {
        contexts.then(new Incomplete("1"), new Incomplete("2"), new Incomplete("3"), new Incomplete("4"));
        for (int i = 0; i < NegotiateSession.MAX_FAILURES; i++) {
            assertThat(request(FIRST))
                    .isInstanceOfSatisfying(
                            Answer.class, answer -> assertThat(answer.close()).isFalse());
        }

        assertThat(request(FIRST)).isEqualTo(new Answer(401, null, true));
        assertThat(contexts.open()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Negotiate *", "Basic dTpw", "NTLM TlRMTVNTUAABAAAA", "Negotiate TlRMTVNTUAABAAAA"})
    void closesTheConnectionAtTheLastOfSeveralFailures(String field) {
        for (int failure = 1; failure < NegotiateSession.MAX_FAILURES; failure++) {
            assertThat(request(field)).isEqualTo(CHALLENGE);
        }

        assertThat(request(field)).isEqualTo(new Answer(401, null, true));
        assertThat(count("malformed") + count("ntlm")).isEqualTo(NegotiateSession.MAX_FAILURES);
    }

    @Test
    void closesTheConnectionAtATokenThatIsTooLong() {
        assertThat(request("Negotiate " + "A".repeat(NegotiateCredentials.MAX_BASE64_CHARS + 4)))
                .isEqualTo(new Answer(431, null, true));
        assertThat(count("too_long")).isEqualTo(1);
    }

    @Test
    void saysThatItIsBusyAndForgetsTheClient() {
        contexts.then(PC1);
        request(FIRST);
        assertThat(session.request(credentials(FIRST), nowNanos)).isInstanceOf(Ask.class);

        assertThat(session.overloaded()).isEqualTo(new Answer(503, null, true));

        assertThat(contexts.open()).isZero();
        assertThat(request()).isEqualTo(CHALLENGE);
        assertThat(count("overloaded")).isEqualTo(1);
    }

    @Test
    void letsGoOfWhatIsUnfinishedWhenTheConnectionEnds() {
        contexts.then(new Incomplete("bW9yZQ=="));
        request(FIRST);

        session.close();

        assertThat(contexts.open()).isZero();
    }

    private Verdict request(String... fields) {
        Verdict verdict = session.request(credentials(fields), nowNanos);
        if (verdict instanceof Ask ask) {
            Step step = ask.context().accept(ask.credentials().token());
            return session.stepped(step, nowNanos);
        }
        return verdict;
    }

    private static NegotiateCredentials credentials(String... fields) {
        return NegotiateCredentials.read(List.of(fields));
    }

    private NegotiateSession session(AuthenticationSettings settings) {
        return new NegotiateSession(
                "client",
                settings,
                contexts,
                new AuthenticationMetrics(registry),
                new AuthenticationLog(() -> nowNanos));
    }

    private double count(String result) {
        return registry.get("peerdist_client_authentication")
                .tag("result", result)
                .counter()
                .count();
    }
}
