// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leads the requests for what peers lack by the same way as those of programs. Thread-safe. */
final class ParentSelector extends ProxySelector {
    private static final Logger LOGGER = LoggerFactory.getLogger(ParentSelector.class);

    private final ProxySettings settings;

    ParentSelector(ProxySettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Proxy> select(URI uri) {
        Optional<HostPort> parent = Optional.empty();
        if ("http".equalsIgnoreCase(uri.getScheme())) {
            parent = settings.parentFor(Target.ofAbsolute(uri.toASCIIString()));
        }
        return parent.map(at -> List.of(new Proxy(Proxy.Type.HTTP, at.resolve())))
                .orElse(List.of(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress parent, IOException failure) {
        LOGGER.debug("the parent proxy {}: {}", parent, failure.getMessage());
    }
}
