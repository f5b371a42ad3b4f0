// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ComponentsTest {
    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
    private final Components components = new Components(Clock.system(), Duration.ofSeconds(20));

    @Test
    void closesInReverseOrderAndOnlyOnce() {
        components.add("a", part("a"));
        components.add("b", part("b"));
        components.add("c", part("c"));

        components.close();
        components.close();

        assertThat(closed).containsExactly("c", "b", "a");
    }

    @Test
    void goesOnWhenAPartFailsToClose() {
        components.add("a", part("a"));
        components.add("b", () -> {
            throw new IllegalStateException("cannot close");
        });

        components.close();

        assertThat(closed).containsExactly("a");
    }

    @Test
    void leavesAPartBehindThatDoesNotClose() {
        Components hurried = new Components(Clock.system(), Duration.ofMillis(200));
        CountDownLatch never = new CountDownLatch(1);
        hurried.add("a", part("a"));
        hurried.add("stuck", never::await);
        hurried.add("c", part("c"));

        hurried.close();

        assertThat(closed).containsExactly("c", "a");
        never.countDown();
    }

    @Test
    void closesWhatIsStartedTooLate() {
        components.close();

        assertThatIllegalStateException().isThrownBy(() -> components.add("late", part("late")));
        assertThat(closed).containsExactly("late");
    }

    @Test
    void namesItsAddressesInOneLine() {
        components.serves("http", new HostPort("127.0.0.1", 80).resolve());
        components.serves("https", new HostPort("::1", 443).resolve());
        components.serves("management", new HostPort("0.0.0.0", 9000).resolve());

        assertThat(components.readyLine()).isEqualTo("ready http=127.0.0.1:80 https=[::1]:443 management=0.0.0.0:9000");
    }

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }
}
