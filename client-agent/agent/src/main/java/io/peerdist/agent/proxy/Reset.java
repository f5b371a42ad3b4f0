// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections so that nobody takes what has passed for all there is. */
final class Reset {
    private static final Logger LOGGER = LoggerFactory.getLogger(Reset.class);

    private Reset() {}

    /** Has the next close of {@code channel} send a reset, unless it is broken already. */
    static void prepare(Channel channel) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException | UncheckedIOException e) {
            // The other side was quicker to reset it.
            LOGGER.debug("{}: {}", channel.remoteAddress(), e.getMessage());
        }
    }
}
