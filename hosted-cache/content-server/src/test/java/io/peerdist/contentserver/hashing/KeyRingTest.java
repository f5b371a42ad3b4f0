// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.contentserver.ManualClock;
import io.peerdist.contentserver.hashing.KeyRing.HeldKey;
import io.peerdist.contentserver.hashing.KeyRing.Role;
import io.peerdist.contentserver.hashing.KeyRing.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class KeyRingTest {
    private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant T1 = T0.plusSeconds(100);
    private static final Instant T2 = T0.plusSeconds(200);
    private static final Instant T3 = T0.plusSeconds(300);
    private static final ContentSecrets A = secrets("a");
    private static final ContentSecrets B = secrets("b");
    private static final ContentSecrets C = secrets("c");

    private final ManualClock clock = new ManualClock(T0);

    @Test
    void usesItsOnlySecretForEver() {
        KeyRing ring = KeyRing.of(A, clock);

        clock.set(Instant.MAX);

        assertThat(ring.inUse()).isEqualTo(A);
        assertThat(ring.understood()).containsExactly(A);
        assertThat(ring.nextChange()).isEmpty();
    }

    @Test
    void changesAtTheMomentsThatAreSet() {
        KeyRing ring = KeyRing.of(
                List.of(
                        new HeldKey(Role.PREVIOUS, A, Optional.empty(), Optional.of(T1)),
                        new HeldKey(Role.CURRENT, B, Optional.empty(), Optional.of(T3)),
                        new HeldKey(Role.NEXT, C, Optional.of(T2), Optional.empty())),
                clock);

        assertStands(ring, T0, B, List.of(B, A, C), T1, State.UNDERSTOOD, State.IN_USE, State.WAITING);
        assertStands(ring, T1.minusNanos(1), B, List.of(B, A, C), T1, State.UNDERSTOOD, State.IN_USE, State.WAITING);
        assertStands(ring, T1, B, List.of(B, C), T2, State.DROPPED, State.IN_USE, State.WAITING);
        assertStands(ring, T2.minusNanos(1), B, List.of(B, C), T2, State.DROPPED, State.IN_USE, State.WAITING);
        assertStands(ring, T2, C, List.of(C, B), T3, State.DROPPED, State.UNDERSTOOD, State.IN_USE);
        assertStands(ring, T3, C, List.of(C), null, State.DROPPED, State.DROPPED, State.IN_USE);
    }

    @Test
    void understandsTheFormerSecretUntilItIsToldAnEnd() {
        KeyRing ring = KeyRing.of(
                List.of(
                        new HeldKey(Role.CURRENT, A, Optional.empty(), Optional.empty()),
                        new HeldKey(Role.NEXT, B, Optional.of(T1), Optional.empty())),
                clock);

        clock.set(T3.plusSeconds(1_000_000));

        assertThat(ring.inUse()).isEqualTo(B);
        assertThat(ring.understood()).containsExactly(B, A);
    }

    @Test
    void refusesWhatMakesNoSense() {
        HeldKey current = new HeldKey(Role.CURRENT, A, Optional.empty(), Optional.empty());
        assertRefused("current: missing", new HeldKey(Role.NEXT, A, Optional.of(T1), Optional.empty()));
        assertRefused("CURRENT: 2 secrets", current, new HeldKey(Role.CURRENT, B, Optional.empty(), Optional.empty()));
        assertRefused("no time from which", current, new HeldKey(Role.NEXT, B, Optional.empty(), Optional.empty()));
        assertRefused("no time until", current, new HeldKey(Role.PREVIOUS, B, Optional.empty(), Optional.empty()));
        assertRefused("twice in the ring", current, new HeldKey(Role.NEXT, A, Optional.of(T1), Optional.empty()));
        HeldKey ending = new HeldKey(Role.CURRENT, A, Optional.empty(), Optional.of(T1));
        assertRefused("after the next secret is in use", ending);
        assertRefused(
                "after the next secret is in use",
                ending,
                new HeldKey(Role.NEXT, B, Optional.of(T1), Optional.empty()));
    }

    /** Whatever the times: one secret is in use, it is understood, and a change happens only when one is announced. */
    @RandomizedTest
    void alwaysHasOneSecretInUseAndAnnouncesEveryChange(Gen gen) {
        List<HeldKey> keys = new ArrayList<>();
        Instant from = T0.plusSeconds(gen.intBetween(-20, 20));
        boolean hasNext = gen.bool();
        keys.add(new HeldKey(
                Role.CURRENT,
                A,
                Optional.empty(),
                hasNext && gen.bool() ? Optional.of(from.plusSeconds(gen.intBetween(1, 20))) : Optional.empty()));
        if (hasNext) {
            keys.add(new HeldKey(Role.NEXT, B, Optional.of(from), Optional.empty()));
        }
        if (gen.bool()) {
            keys.add(new HeldKey(
                    Role.PREVIOUS, C, Optional.empty(), Optional.of(T0.plusSeconds(gen.intBetween(-20, 20)))));
        }
        KeyRing ring = KeyRing.of(keys, clock);
        for (int second = -30; second < 50; second++) {
            clock.set(T0.plusSeconds(second));
            Optional<Instant> announced = ring.nextChange();
            List<KeyRing.Standing> before = ring.standings();
            assertThat(before.stream().filter(standing -> standing.state() == State.IN_USE))
                    .hasSize(1);
            assertThat(ring.understood()).startsWith(ring.inUse());
            clock.set(clock.instant().plusSeconds(1));
            assertThat(ring.standings().equals(before))
                    .isEqualTo(announced.isEmpty() || announced.get().isAfter(clock.instant()));
        }
    }

    private void assertRefused(String words, HeldKey... keys) {
        assertThatThrownBy(() -> KeyRing.of(List.of(keys), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    private void assertStands(
            KeyRing ring,
            Instant now,
            ContentSecrets inUse,
            List<ContentSecrets> understood,
            @Nullable Instant change,
            State... states) {
        clock.set(now);
        assertThat(ring.inUse()).isEqualTo(inUse);
        assertThat(ring.understood()).isEqualTo(understood);
        assertThat(ring.nextChange()).isEqualTo(Optional.ofNullable(change));
        assertThat(ring.standings()).extracting(KeyRing.Standing::state).containsExactly(states);
    }

    private static ContentSecrets secrets(String key) {
        return ContentSecrets.derive(SecretKey.of(key.getBytes(StandardCharsets.US_ASCII)));
    }
}
