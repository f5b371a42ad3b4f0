// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What client authentication counts. Thread-safe. */
final class AuthenticationMetrics {
    private final Map<AuthenticationResult, Counter> requests = new EnumMap<>(AuthenticationResult.class);

    AuthenticationMetrics(MeterRegistry registry) {
        for (AuthenticationResult result : AuthenticationResult.values()) {
            requests.put(
                    result,
                    Counter.builder("peerdist_client_authentication")
                            .description("Requests over HTTPS by what authentication made of them.")
                            .tag("result", result.label())
                            .register(registry));
        }
    }

    void counted(AuthenticationResult result) {
        Counter counter = requests.get(result);
        if (counter != null) {
            counter.increment();
        }
    }
}
