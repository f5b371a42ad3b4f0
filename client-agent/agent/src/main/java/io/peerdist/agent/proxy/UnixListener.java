// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix-domain socket on which the proxy listens. Its file appears with its mode set already: it is made in a directory
 * that only this process sees into, and moved.
 */
final class UnixListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(UnixListener.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> GROUP = PosixFilePermissions.fromString("rw-rw----");

    private final Channel channel;
    private final Path path;

    private UnixListener(Channel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /**
     * Listens at {@code path}; a socket there that nobody listens on any more is replaced.
     *
     * @throws FailureException {@code CANNOT_BIND}, with what to do
     */
    static UnixListener bind(ServerBootstrap bootstrap, Path path, boolean forGroup) {
        if (!Epoll.isAvailable()) {
            throw failure(path, "needs Linux and its epoll, which is not available here; use --proxy-port", null);
        }
        Path hidden = null;
        try {
            Path at = path.toAbsolutePath();
            clear(at);
            hidden = Files.createTempDirectory(at.getParent(), ".p");
            Path made = hidden.resolve("s");
            ChannelFuture bound = bootstrap
                    .channel(EpollServerDomainSocketChannel.class)
                    .bind(new DomainSocketAddress(made.toFile()))
                    .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw failure(path, String.valueOf(bound.cause().getMessage()), bound.cause());
            }
            Files.setPosixFilePermissions(made, forGroup ? GROUP : OWNER);
            Files.move(made, at, StandardCopyOption.ATOMIC_MOVE);
            return new UnixListener(bound.channel(), at);
        } catch (IOException | UnsupportedOperationException e) {
            throw failure(path, e + "; choose a path in a directory that this process may write to", e);
        } finally {
            delete(hidden);
        }
    }

    private static FailureException failure(Path path, String reason, @Nullable Throwable cause) {
        return new FailureException(
                ExitCode.CANNOT_BIND, "cannot listen on the socket " + path + " (proxy): " + reason, cause);
    }

    private static void clear(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(path)) {
            throw failure(path, "there is a file of that name, and it is no socket; choose another path", null);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            LOGGER.debug("{}: left by a process that is gone: {}", path, e.getMessage());
            Files.delete(path);
            return;
        }
        throw failure(path, "another program listens there; stop it, or choose another path", null);
    }

    private static void delete(@Nullable Path directory) {
        if (directory != null) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                LOGGER.debug("{}: stays: {}", directory, e.getMessage());
            }
        }
    }

    void close() {
        channel.close().awaitUninterruptibly();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.warn("{}: cannot be removed: {}", path, e.getMessage());
        }
    }
}
