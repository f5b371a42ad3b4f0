// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets that listen on this machine, as {@code /proc/net} has them (proc_net(5)). */
final class SocketTable {
    /** A machine with more is none of a branch. */
    private static final int MAX_SOCKETS = 100_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(SocketTable.class);
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENING = "0A";
    private static final int HEX = 16;

    /** One that listens; {@code inode} names it among what processes have open. */
    record Listening(Transport transport, InetAddress address, int port, long inode) {}

    private SocketTable() {}

    static List<Listening> read(Path proc) throws IOException {
        List<Listening> all = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            for (String family : List.of("", "6")) {
                Path file = proc.resolve("net").resolve(transport.label() + family);
                try (Stream<String> lines = Files.lines(file, StandardCharsets.US_ASCII)) {
                    lines.skip(1).limit(MAX_SOCKETS).forEach(line -> add(transport, line, all));
                } catch (NoSuchFileException e) {
                    LOGGER.debug("this kernel has no {}", file);
                }
            }
        }
        return all;
    }

    private static void add(Transport transport, String line, List<Listening> all) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length <= INODE || (transport == Transport.TCP && !fields[STATE].equals(LISTENING))) {
            return;
        }
        int colon = fields[LOCAL_ADDRESS].indexOf(':');
        if (colon < 0) {
            return;
        }
        try {
            all.add(new Listening(
                    transport,
                    address(fields[LOCAL_ADDRESS].substring(0, colon)),
                    Integer.parseInt(fields[LOCAL_ADDRESS].substring(colon + 1), HEX),
                    Long.parseLong(fields[INODE])));
        } catch (IllegalArgumentException | UnknownHostException e) {
            // A kernel that writes another form; what is held there then shows when the port is tried.
            LOGGER.debug("not read: {}", line, e);
        }
    }

    /** Words of 32 bits, each in the order of this machine's octets, which Java runs on with the little end first. */
    private static InetAddress address(String text) throws UnknownHostException {
        byte[] octets = HexFormat.of().parseHex(text);
        for (int word = 0; word + 3 < octets.length; word += 4) {
            byte first = octets[word];
            byte second = octets[word + 1];
            octets[word] = octets[word + 3];
            octets[word + 1] = octets[word + 2];
            octets[word + 2] = second;
            octets[word + 3] = first;
        }
        return InetAddress.getByAddress(octets);
    }
}
