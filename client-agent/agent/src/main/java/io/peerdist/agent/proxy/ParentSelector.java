// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells Java's HTTP client which servers it asks by way of the parent. Immutable. */
final class ParentSelector extends ProxySelector {
    private static final Logger LOGGER = LoggerFactory.getLogger(ParentSelector.class);
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final ProxySettings settings;

    ParentSelector(ProxySettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Proxy> select(URI uri) {
        int usual = "https".equals(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) ? HTTPS_PORT : HTTP_PORT;
        HostPort server = new HostPort(String.valueOf(uri.getHost()), uri.getPort() < 0 ? usual : uri.getPort());
        return List.of(settings.parentFor(server).map(ParentSelector::proxy).orElse(Proxy.NO_PROXY));
    }

    /** Its name is looked up when it is asked, as names may come to stand for other addresses. */
    private static Proxy proxy(HostPort parent) {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(parent.host(), parent.port()));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        LOGGER.debug("{}: the parent proxy {} cannot be reached: {}", uri, address, failure.getMessage());
    }
}
