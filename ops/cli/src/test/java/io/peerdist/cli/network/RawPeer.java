// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.network;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A peer that knows nothing of our discovery: it sends the octets that iPXE and Windows send, and reads answers by looking for
 * strings, as iPXE does. Runs in a network namespace of its own.
 */
final class RawPeer {
    private static final String GROUP = "239.255.255.250";
    private static final int PORT = 3_702;
    private static final Pattern XADDRS = Pattern.compile("<wsd:XAddrs>([^< ]+)[^<]*</wsd:XAddrs>");
    private static final Pattern COUNT = Pattern.compile("<PeerDist:BlockCount>([0-9A-F]{8})</PeerDist:BlockCount>");
    private static final String PROBE = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope"
            + " xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\""
            + " xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
            + " xmlns:wsd=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""
            + " xmlns:PeerDist=\"http://schemas.microsoft.com/p2p/2007/09/PeerDistributionDiscovery\"><soap:Header>"
            + "<wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>"
            + "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>"
            + "<wsa:MessageID>urn:uuid:@uuid@</wsa:MessageID></soap:Header><soap:Body><wsd:Probe>"
            + "<wsd:Types>PeerDist:PeerDistData</wsd:Types>"
            + "<wsd:Scopes MatchBy=\"http://schemas.xmlsoap.org/ws/2005/04/discovery/strcmp0\">@id@</wsd:Scopes>"
            + "</wsd:Probe></soap:Body></soap:Envelope>";

    private static final String ENTITY =
            "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"PeerDistributionDiscovery\">]><a>&b;</a>";
    private static final int BURST = 50;
    private static final int BEAT_MILLIS = 10;

    private RawPeer() {}

    /**
     * {@code probe ADDRESS ID ROUNDS}: probes from this address, prints {@code found HOST:PORT BLOCKS} or {@code nothing}.
     * {@code fetch HOST:PORT ID}: prints {@code block OCTETS}. {@code get URL}: prints the body.
     * {@code flood ADDRESS ID COUNT}: sends hostile datagrams, prints {@code sent COUNT}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "probe" -> probe(arguments[1], arguments[2], Integer.parseInt(arguments[3]));
            case "fetch" -> fetch(arguments[1], arguments[2]);
            case "get" -> System.out.println(get(arguments[1]));
            case "flood" -> flood(arguments[1], arguments[2], Integer.parseInt(arguments[3]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static MulticastSocket socket(String address) throws IOException {
        return new MulticastSocket(new InetSocketAddress(InetAddress.getByName(address), 0));
    }

    private static void send(MulticastSocket socket, byte[] octets) throws IOException {
        socket.send(new DatagramPacket(octets, octets.length, InetAddress.getByName(GROUP), PORT));
    }

    private static byte[] probe(String id) {
        return PROBE.replace("@uuid@", UUID.randomUUID().toString())
                .replace("@id@", id)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void probe(String address, String id, int rounds) throws IOException {
        try (MulticastSocket socket = socket(address)) {
            socket.setTimeToLive(4); // a router that forwards multicast would
            socket.setSoTimeout(1_000);
            for (int round = 0; round < rounds; round++) {
                send(socket, probe(id));
                DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
                try {
                    socket.receive(answer);
                } catch (SocketTimeoutException e) {
                    continue;
                }
                String text = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
                Matcher where = XADDRS.matcher(text);
                Matcher count = COUNT.matcher(text);
                if (text.contains("<wsd:Scopes>" + id + "</wsd:Scopes>") && where.find() && count.find()) {
                    System.out.println("found " + where.group(1) + " " + Integer.parseInt(count.group(1), 16));
                    return;
                }
                System.out.println("unreadable " + text);
                return;
            }
        }
        System.out.println("nothing");
    }

    private static void fetch(String peer, String id) throws IOException, InterruptedException {
        byte[] request = RetrievalCodec.encodeRequest(
                GetBlocks.one(SegmentId.of(HexFormat.of().parseHex(id)), 0), ProtocolVersion.V1_0);
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + peer + RetrievalCodec.PATH))
                                .timeout(Duration.ofSeconds(20))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        BlockResponse block = (BlockResponse) RetrievalCodec.decodeResponseIn(response.body());
        System.out.println("block " + block.block().length);
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Real probes with another identifier each time, broken ones, and noise: 5,000 a second. */
    private static void flood(String address, String id, int count) throws IOException, InterruptedException {
        ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
        try (MulticastSocket socket = socket(address)) {
            CountDownLatch left = new CountDownLatch(count);
            Random random = new Random(3);
            ScheduledFuture<?> beating = beat.scheduleAtFixedRate(
                    () -> burst(socket, id, random, left), 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
            left.await();
            beating.cancel(false);
        } finally {
            beat.shutdownNow();
        }
        System.out.println("sent " + count);
    }

    private static void burst(MulticastSocket socket, String id, Random random, CountDownLatch left) {
        try {
            for (int i = 0; i < BURST && left.getCount() > 0; i++) {
                send(socket, hostile(id, random));
                left.countDown();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] hostile(String id, Random random) {
        byte[] valid = probe(id);
        return switch (random.nextInt(4)) {
            case 0 -> valid;
            case 1 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 2 -> ENTITY.getBytes(StandardCharsets.UTF_8);
            default -> {
                byte[] noise = new byte[1_200];
                random.nextBytes(noise);
                yield noise;
            }
        };
    }
}
