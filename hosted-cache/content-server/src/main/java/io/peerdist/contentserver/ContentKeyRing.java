// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.hashing.KeyRing.HeldKey;
import io.peerdist.contentserver.hashing.KeyRing.Role;
import io.peerdist.contentserver.hashing.KeyRing.Standing;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the keys of a ring from their files, and tells how it stands, by names that reveal nothing. Stateless. */
final class ContentKeyRing {
    private static final Logger LOG = LoggerFactory.getLogger(ContentKeyRing.class);

    private ContentKeyRing() {}

    /** @throws FailureException {@code CONFIGURATION} when a key cannot be read, or the ring makes no sense */
    static KeyRing read(SecretSettings settings, Path dataDirectory, RandomGenerator random, InstantSource clock) {
        SecretKey current = settings.current()
                .map(SecretKeys::read)
                .orElseGet(() -> SecretKeys.readOrGenerate(dataDirectory, random));
        List<HeldKey> keys = new ArrayList<>();
        keys.add(new HeldKey(Role.CURRENT, ContentSecrets.derive(current), Optional.empty(), settings.currentUntil()));
        settings.next().ifPresent(file -> keys.add(key(Role.NEXT, file, settings.nextFrom(), Optional.empty())));
        settings.previous()
                .ifPresent(file -> keys.add(key(Role.PREVIOUS, file, Optional.empty(), settings.previousUntil())));
        try {
            KeyRing ring = KeyRing.of(keys, clock);
            ring.standings().forEach(standing -> LOG.info("{}", sentence(standing)));
            return ring;
        } catch (IllegalArgumentException e) {
            throw new FailureException(ExitCode.CONFIGURATION, "secrets: " + e.getMessage() + "; correct them", e);
        }
    }

    private static HeldKey key(Role role, Path file, Optional<Instant> from, Optional<Instant> until) {
        return new HeldKey(role, ContentSecrets.derive(SecretKeys.read(file)), from, until);
    }

    /** For the log: {@code secret 0123456789ab (current): in use}. */
    static String sentence(Standing standing) {
        HeldKey key = standing.key();
        return "secret " + key.secrets().shortId() + " (" + lower(key.role()) + "): " + state(standing)
                + key.from().map(from -> ", used from " + from).orElse("")
                + key.until().map(until -> ", dropped at " + until).orElse("");
    }

    static void addRows(KeyRing ring, Map<String, String> rows) {
        ring.standings()
                .forEach(standing -> rows.put(
                        "Secret " + standing.key().secrets().shortId(),
                        state(standing)
                                + standing.key()
                                        .from()
                                        .map(from -> ", used from " + from)
                                        .orElse("")
                                + standing.key()
                                        .until()
                                        .map(until -> ", dropped at " + until)
                                        .orElse("")));
        ring.nextChange().ifPresent(change -> rows.put("Secrets change next", change.toString()));
    }

    static void addStatus(KeyRing ring, JsonObject status) {
        JsonArray secrets = new JsonArray();
        for (Standing standing : ring.standings()) {
            HeldKey key = standing.key();
            secrets.add(new JsonObject()
                    .put("id", key.secrets().shortId())
                    .put("role", lower(key.role()))
                    .put("state", state(standing))
                    .put("from", key.from().map(Instant::toString).orElse(null))
                    .put("until", key.until().map(Instant::toString).orElse(null)));
        }
        status.put("secretInUse", ring.inUse().shortId())
                .put(
                        "nextSecretChange",
                        ring.nextChange().map(Instant::toString).orElse(null))
                .put("secrets", secrets);
    }

    private static String state(Standing standing) {
        return lower(standing.state()).replace('_', ' ');
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
