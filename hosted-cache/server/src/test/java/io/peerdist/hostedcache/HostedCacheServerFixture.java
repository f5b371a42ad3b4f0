// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A hosted cache on loopback for the cases of Microsoft's suite, and what each of them does. */
abstract class HostedCacheServerFixture {
    static final int OK = 0;
    static final int NONE = 0;
    static final int AES_128 = 1;
    static final int AES_192 = 2;
    static final int AES_256 = 3;
    static final int BLOCK_BYTES = 64 * 1024; // the suite's DefaultBlockSize

    @TempDir
    Path directory;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    Components components;
    EventLoops loops;
    HostedCache cache;
    SuiteClient client;

    @BeforeEach
    void startCache() {
        Clock clock = Clock.system();
        components = new Components(clock, Duration.ofSeconds(20));
        loops = components.add("event loops", EventLoops.start("cache", 2));
        cache = HostedCache.start(settings(), components, loops, clock, new SimpleMeterRegistry());
        client = new SuiteClient(address("http").orElseThrow(), address("https"));
    }

    @AfterEach
    void stopCache() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        components.close();
    }

    private HostedCacheSettings settings() {
        String section = HostedCacheSettings.SECTION + ".";
        SettingOverrides overrides = SettingOverrides.none()
                .put(section + "data-dir", "test", directory.resolve("cache"))
                .put(section + "cache-size", "test", "64MiB")
                .put(section + "bind", "test", "127.0.0.1")
                .put(section + "http-port", "test", 0)
                .put(section + "https-port", "test", 0)
                .put(section + "request-timeout", "test", "20s");
        ConfigurationReader reader = ConfigurationReader.open(null, Set.of(HostedCacheSettings.SECTION), overrides);
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        return settings;
    }

    private Optional<InetSocketAddress> address(String name) {
        for (String word : components.readyLine().split(" ", -1)) {
            if (word.startsWith(name + "=")) {
                return Optional.of(
                        HostPort.parse(word.substring(name.length() + 1)).resolve());
            }
        }
        return Optional.empty();
    }

    ServerRolePeer peer(SuiteContent content, ServerRolePeer.Script script) throws IOException {
        ServerRolePeer peer = new ServerRolePeer(content, script);
        toClose.add(peer);
        return peer;
    }

    ServerRolePeer honestPeer(SuiteContent content, int crypto) throws IOException {
        ServerRolePeer peer = ServerRolePeer.honest(content, crypto);
        toClose.add(peer);
        return peer;
    }

    /** Block {@code index} as the cache serves it. */
    SuiteAnswer.Block block(SuiteContent.Segment segment, int crypto, int index) throws IOException {
        SuiteAnswer.Block block =
                client.ask(SuiteBytes.getBlocks(segment.id(), crypto, index, 1)).block();
        assertThat(block.id()).isEqualTo(segment.id());
        assertThat(block.index()).isEqualTo(index);
        return block;
    }

    /** Waits for what the suite asks its SUT control adapter: whether the cache has the segment whole. */
    void awaitCached(SuiteContent.Segment segment) {
        Await.until("cached", () -> {
            try {
                SuiteAnswer.BlockList list = client.ask(
                                SuiteBytes.getBlockList(segment.id(), AES_128, 0, segment.blockCount()))
                        .blockList();
                return list.ranges().equals(List.of(0, segment.blockCount()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    void assertNotCached(SuiteContent.Segment segment) throws IOException {
        assertThat(block(segment, AES_128, 0).octets()).isEmpty();
        assertThat(client.ask(SuiteBytes.getBlockList(segment.id(), AES_128, 0, segment.blockCount()))
                        .blockList()
                        .ranges())
                .isEmpty();
    }

    /**
     * The suite waits some seconds to see that nothing is pulled. Here another segment is offered behind the one in question
     * and pulled: what was asked for by then is all that is asked for.
     */
    void pullAnother(SuiteContent content) throws IOException {
        ServerRolePeer other = honestPeer(content, AES_128);
        assertThat(client.offerV2(SuiteBytes.batchedOffer(other.port(), content.segments()))
                        .responseCode())
                .isEqualTo(OK);
        for (SuiteContent.Segment segment : content.segments()) {
            awaitCached(segment);
        }
    }
}
