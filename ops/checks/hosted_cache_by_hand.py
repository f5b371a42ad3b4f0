# SPDX-License-Identifier: Apache-2.0
"""Offers a file to a hosted cache and fetches it back, message by message, with nothing of ours but the daemons.

Run by hosted-cache-by-hand.sh. Python's standard library makes and reads the messages, curl carries the client's HTTP,
openssl hashes, encrypts and decrypts. Prints each message decoded; of secrets and of content nothing but lengths.
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import os
import struct
import subprocess
import sys
import threading
import time

RETRIEVAL_PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/"
OFFER_PATHS = {1: "/C574AC30-5794-4AEE-B1BB-6651C5315029/", 2: "/0131501b-d67f-491b-9a40-c4bf27bcb4d4/"}
C2 = "MS_P2P_CACHING".encode("utf-16-le") + b"\0\0"
BLOCK_BYTES_V1 = 65536
AES_128 = 1
CRYPTO = {0: "no encryption", 1: "AES_128", 2: "AES_192", 3: "AES_256"}
MESSAGES = {
    0: "MSG_NEGO_REQ", 1: "MSG_NEGO_RESP", 2: "MSG_GETBLKLIST", 3: "MSG_GETBLKS",
    4: "MSG_BLKLIST", 5: "MSG_BLK", 6: "MSG_GETSEGLIST", 7: "MSG_SEGLIST",
}
OFFERS = {1: "INITIAL_OFFER_MESSAGE", 2: "SEGMENT_INFO_MESSAGE", 3: "BATCHED_OFFER_MESSAGE"}
CONTENT_TAG = b"Other".ljust(16, b"\0")
MAX_BODY_BYTES = 400_000
HOLD_SECONDS = 20
CURL_SECONDS = "10"

say_lock = threading.Lock()


class Failure(Exception):
    """What went wrong, in a sentence."""


def require(holds, sentence):
    if not holds:
        raise Failure(sentence)


def say(title, fields=()):
    """One message or step of the transcript."""
    with say_lock:
        print(title)
        for name, value in fields:
            print(f"    {name:<28} {value}")
        print(flush=True)


def openssl(arguments, data):
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)
    require(done.returncode == 0, f"openssl {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def digest(name, data):
    return openssl(["dgst", f"-{name}", "-binary"], data)


def encrypt(secret, iv, block):
    return openssl(["enc", "-aes-128-cbc", "-K", secret[:16].hex(), "-iv", iv.hex()], block)


def decrypt(key_octets, secret, iv, ciphertext):
    return openssl(["enc", "-d", f"-aes-{8 * key_octets}-cbc", "-K", secret[:key_octets].hex(), "-iv", iv.hex()], ciphertext)


class Reader:
    """Integers and octets one after the other; big-endian unless told otherwise."""

    def __init__(self, octets, order=">"):
        self.octets, self.order, self.at = octets, order, 0

    def take(self, count):
        require(self.at + count <= len(self.octets), f"the message ends at {len(self.octets)}, wanted up to {self.at + count}")
        self.at += count
        return self.octets[self.at - count:self.at]

    def number(self, form):
        return struct.unpack(self.order + form, self.take(struct.calcsize("=" + form)))[0]

    def u8(self):
        return self.number("B")

    def u16(self):
        return self.number("H")

    def u32(self):
        return self.number("I")

    def u64(self):
        return self.number("Q")

    def end(self):
        require(self.at == len(self.octets), f"{len(self.octets) - self.at} octets behind the message")


class Segment:
    """One segment of the content: where it lies, how it is split, and what proves and opens it."""

    def __init__(self, offset, size, block_bytes, hash_of_data, secret):
        self.offset, self.size, self.block_bytes = offset, size, block_bytes
        self.hash_of_data, self.secret = hash_of_data, secret
        self.block_hashes = []
        self.id = b""

    def block_count(self):
        return (self.size + self.block_bytes - 1) // self.block_bytes

    def block(self, content, index):
        start = self.offset + index * self.block_bytes
        return content[start:min(start + self.block_bytes, self.offset + self.size)]


class ContentInformationV1:
    """MS-PCCRC 2.3: little-endian."""

    def __init__(self, octets):
        r = Reader(octets, "<")
        self.version, self.algorithm = r.u16(), r.u32()
        require(self.version == 0x0100, f"content information of version {self.version:#06x} (expected: 0x0100)")
        require(self.algorithm == 0x800C, f"hash algorithm {self.algorithm:#x} (expected: 0x800c, SHA-256)")
        self.offset_in_first, self.read_in_last = r.u32(), r.u32()
        count = r.u32()
        head = [r.u64, r.u32, r.u32]
        self.segments = [Segment(*[read() for read in head], r.take(32), r.take(32)) for _ in range(count)]
        for segment in self.segments:
            require(segment.block_bytes == BLOCK_BYTES_V1, f"blocks of {segment.block_bytes} octets")
            segment.block_hashes = [r.take(32) for _ in range(r.u32())]
        r.end()
        for segment in self.segments:
            segment.id = hmac.new(segment.secret, segment.hash_of_data + C2, hashlib.sha256).digest()

    def check(self, content):
        for segment in self.segments:
            blocks = [digest("sha256", segment.block(content, i)) for i in range(segment.block_count())]
            require(blocks == segment.block_hashes, "a block hash is not that of the file's block")
            require(digest("sha256", b"".join(blocks)) == segment.hash_of_data, "HoD is not that of the block hashes")

    def block_matches(self, segment, index, block):
        return digest("sha256", block) == segment.block_hashes[index]

    def of_one_segment(self, segment):
        """What SEGMENT_INFO carries."""
        head = struct.pack("<HIIII", 0x0100, 0x800C, 0, segment.size, 1)
        described = struct.pack("<QII", segment.offset, segment.size, segment.block_bytes)
        hashes = struct.pack("<I", len(segment.block_hashes)) + b"".join(segment.block_hashes)
        return head + described + segment.hash_of_data + segment.secret + hashes

    def fields(self):
        yield "Version, dwHashAlgo", "1.0, SHA-256"
        yield "dwOffsetInFirstSegment", self.offset_in_first
        yield "dwReadBytesInLastSegment", self.read_in_last
        yield "cSegments", len(self.segments)
        for segment in self.segments:
            yield from segment_fields(segment)


class ContentInformationV2:
    """MS-PCCRC 2.4: big-endian."""

    def __init__(self, octets):
        r = Reader(octets)
        self.minor, self.major, self.algorithm = r.u8(), r.u8(), r.u8()
        require((self.major, self.minor) == (2, 0), f"content information of version {self.major}.{self.minor} (expected: 2.0)")
        require(self.algorithm == 4, f"hash algorithm {self.algorithm} (expected: 4, truncated SHA-512)")
        self.start, self.first_index, self.offset_in_first, self.range_bytes = r.u64(), r.u64(), r.u32(), r.u64()
        self.segments, offset = [], self.start
        while r.at < len(octets):
            require(r.u8() == 0, "chunk type (expected: 0)")
            for _ in range(r.u32() // 68):
                size = r.u32()
                segment = Segment(offset, size, size, r.take(32), r.take(32))
                segment.id = hmac.new(segment.secret, segment.hash_of_data + C2, hashlib.sha512).digest()[:32]
                self.segments.append(segment)
                offset += size

    def check(self, content):
        for segment in self.segments:
            require(self.block_matches(segment, 0, segment.block(content, 0)), "HoD is not that of the file's segment")

    def block_matches(self, segment, index, block):
        return index == 0 and digest("sha512", block)[:32] == segment.hash_of_data

    def fields(self):
        yield "Version, bHashAlgo", "2.0, truncated SHA-512"
        yield "ullStartInContent", self.start
        yield "ullIndexOfFirstSegment", self.first_index
        yield "dwOffsetInFirstSegment", self.offset_in_first
        yield "ullLengthOfRange", self.range_bytes
        for segment in self.segments:
            yield from segment_fields(segment)


def segment_fields(segment):
    yield "segment", f"{segment.size} octets at {segment.offset}, {segment.block_count()} blocks"
    yield "  HoD", segment.hash_of_data.hex()
    yield "  SegmentSecret (Kp)", f"{len(segment.secret)} octets, not shown"
    yield "  HoHoDk, computed here", segment.id.hex()


# MS-PCCRR


def request(kind, body=b"", version=1, crypto=AES_128):
    return struct.pack(">HHIII", 0, version, kind, 16 + len(body), crypto) + body


def response(kind, body, crypto):
    message = request(kind, body, crypto=crypto)
    return struct.pack(">I", len(message)) + message


def segment_id(octets):
    return struct.pack(">I", len(octets)) + octets


def ranges(*pairs):
    return struct.pack(">I", len(pairs)) + b"".join(struct.pack(">II", *pair) for pair in pairs)


def read_ranges(r):
    return [(r.u32(), r.u32()) for _ in range(r.u32())]


def read_segment_id(r):
    octets = r.take(r.u32())
    r.take(-len(octets) % 4)
    return octets


def read_message(octets):
    """A message of MS-PCCRR as a dictionary, and the lines that show it."""
    r = Reader(octets)
    minor, major, kind, size, crypto = r.u16(), r.u16(), r.u32(), r.u32(), r.u32()
    require(size == len(octets), f"MsgSize {size} (expected: {len(octets)})")
    m = {"kind": kind, "crypto": crypto}
    lines = [("header", f"ProtVer {major}.{minor}, MsgType {kind}, MsgSize {size}, CryptoAlgoId {crypto} ({CRYPTO.get(crypto)})")]
    if kind in (0, 1):
        lowest, highest = [f"{r.u16()}" for _ in range(2)], [f"{r.u16()}" for _ in range(2)]
        lines.append(("supported versions", f"{lowest[1]}.{lowest[0]} to {highest[1]}.{highest[0]}"))
    elif kind in (2, 3, 4):
        m["id"], m["ranges"] = read_segment_id(r), read_ranges(r)
        lines.append(("SegmentID", m["id"].hex()))
        lines.append(("block ranges (index, count)", m["ranges"]))
        if kind != 2:
            lines.append(("NextBlockIndex" if kind == 4 else "SizeOfDataForVrfBlock", r.u32()))
    elif kind == 5:
        m["id"], m["index"], m["next"] = read_segment_id(r), r.u32(), r.u32()
        m["block"] = r.take(r.u32())
        r.take(-len(m["block"]) % 4)
        vrf = r.take(r.u32())
        m["iv"] = r.take(r.u32())
        lines.append(("SegmentId", m["id"].hex()))
        lines.append(("BlockIndex, NextBlockIndex", f"{m['index']}, {m['next']}"))
        lines.append(("SizeOfBlock", f"{len(m['block'])} (not shown)"))
        lines.append(("SizeOfVrfBlock, SizeOfIVBlock", f"{len(vrf)}, {len(m['iv'])}"))
    r.end()
    return m, lines


def read_response(octets):
    size = Reader(octets).u32()
    require(size == len(octets) - 4, f"transport header {size} (expected: {len(octets) - 4})")
    m, lines = read_message(octets[4:])
    return m, [("Size (transport header)", size), *lines]


# The peer that serves what the client offers: the hosted cache pulls from here.


class Peer(http.server.ThreadingHTTPServer):
    """A ServerRolePeer of MS-PCCRR on loopback."""

    daemon_threads = True

    def __init__(self, content, segments):
        super().__init__(("127.0.0.1", 0), PeerHandler)
        self.content = content
        self.segments = {segment.id: segment for segment in segments}
        self.blocks_served = 0


class PeerHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "-1"))
        if not 0 <= length <= MAX_BODY_BYTES:
            self.send_error(400)
            return
        body = self.rfile.read(length)
        try:
            message, lines = read_message(body)
            say(f"hosted cache -> peer    POST {self.path}    {MESSAGES.get(message['kind'], '?')}", lines)
            answer = self.answer(message)
        except Failure as e:
            say(f"peer: no message: {e}")
            self.send_error(400)
            return
        message, lines = read_response(answer)
        say(f"peer -> hosted cache    HTTP 200    {MESSAGES[message['kind']]}", lines)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def answer(self, message):
        if message["kind"] == 0:
            return response(1, struct.pack(">HHHH", 0, 1, 0, 2), 0)
        require(message["kind"] in (2, 3), f"{MESSAGES.get(message['kind'])} (expected: MSG_GETBLKLIST or MSG_GETBLKS)")
        segment = self.server.segments.get(message["id"])
        if message["kind"] == 2:
            held = [] if segment is None else [(0, segment.block_count())]
            return response(4, segment_id(message["id"]) + ranges(*held) + struct.pack(">I", 0), AES_128)
        index = min(first for first, _ in message["ranges"])
        if segment is None or index >= segment.block_count():
            return response(5, segment_id(message["id"]) + struct.pack(">IIIII", index, 0, 0, 0, 0), 0)
        iv = os.urandom(16)
        block = encrypt(segment.secret, iv, segment.block(self.server.content, index))
        following = index + 1 if index + 1 < segment.block_count() else 0
        self.server.blocks_served += 1
        pad = b"\0" * (-len(block) % 4)
        head = segment_id(message["id"]) + struct.pack(">III", index, following, len(block))
        return response(5, head + block + pad + struct.pack(">II", 0, 16) + iv, AES_128)


# The client


class Client:
    """Asks content server and hosted cache by curl."""

    def __init__(self, arguments):
        self.a = arguments

    def curl(self, *options, body=None):
        """The status, the response's header fields in lower case, and its body."""
        head = os.path.join(self.a.work, "head")
        command = ["curl", "-sS", "--noproxy", "*", "--max-time", CURL_SECONDS, "-D", head, *options]
        if body is not None:
            command += ["-H", "Content-Type: application/octet-stream", "--data-binary", "@-"]
        done = subprocess.run(command, input=body or b"", capture_output=True, check=False)
        require(done.returncode == 0, f"curl: {done.stderr.decode(errors='replace').strip()}")
        with open(head, encoding="latin-1") as lines:
            status, *fields = [line.strip() for line in lines.read().replace("\r", "").split("\n\n")[-2].split("\n")]
        pairs = [field.split(":", 1) for field in fields]
        return int(status.split()[1]), {name.lower(): value.strip() for name, value in pairs}, done.stdout

    def content_information(self):
        sent = {"Accept-Encoding": "peerdist", "X-P2P-PeerDist": "Version=1.0"}
        if self.a.content_version == 2:
            sent["X-P2P-PeerDist"] = "Version=1.1"
            sent["X-P2P-PeerDistEx"] = "MinContentInformation=1.0, MaxContentInformation=2.0"
        for _ in range(20):
            options = [option for name, value in sent.items() for option in ("-H", f"{name}: {value}")]
            status, fields, body = self.curl(*options, self.a.origin)
            say(f"client -> content server    GET {self.a.origin}", sent.items())
            shown = [(name, fields[name]) for name in sorted(fields) if name.startswith(("x-p2p", "content-", "etag"))]
            say(f"content server -> client    HTTP {status}", shown)
            require(status == 200, f"content server: HTTP {status}")
            if fields.get("content-encoding", "").lower() == "peerdist":
                return ContentInformationV1(body) if self.a.content_version == 1 else ContentInformationV2(body)
            # It sent the bytes, as the file is being hashed.
            if "makehashrequest=true" in fields.get("x-p2p-peerdistex", "").lower():
                sent["X-P2P-PeerDistEx"] = "MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true"
            time.sleep(0.5)
        raise Failure("the content server never sent content information")

    def retrieve(self, octets, quiet=False):
        sent, sent_lines = read_message(octets)
        status, _, body = self.curl("http://" + self.a.cache + RETRIEVAL_PATH, body=octets)
        if status != 200:
            raise Failure(f"hosted cache: HTTP {status} to {MESSAGES[sent['kind']]}")
        message, lines = read_response(body)
        if not quiet:
            say(f"client -> hosted cache    POST {RETRIEVAL_PATH}    {MESSAGES[sent['kind']]}", sent_lines)
            say(f"hosted cache -> client    HTTP {status}    {MESSAGES[message['kind']]}", lines)
        return message, body

    def offer(self, kind, body, lines):
        version = 2 if kind == 3 else 1
        url = ("http://" + self.a.cache if version == 2 else "https://" + self.a.cache_https) + OFFER_PATHS[version]
        octets = struct.pack(">BBHIHHI", 0, version, kind, 0, self.a.peer_port, 0, 0) + body
        head = [("Version, Type, Port", f"{version}.0, {kind}, {self.a.peer_port}"), ("length", f"{len(octets)} octets")]
        say(f"client -> hosted cache    POST {url}    {OFFERS[kind]}", head + lines)
        # The certificate that a hosted cache makes for itself is signed by nobody.
        status, _, answer = self.curl(*(["--insecure"] if version == 1 else []), url, body=octets)
        require(status == 200 and len(answer) == 5, f"hosted cache: HTTP {status}, {len(answer)} octets (expected: 200, 5)")
        code = {0: "OK", 1: "INTERESTED"}.get(answer[4], "?")
        say(f"hosted cache -> client    HTTP {status}", [("Size, ResponseCode", f"{Reader(answer).u32()}, {answer[4]} ({code})")])
        return code

    def offer_v2(self, segments):
        body, lines = b"", []
        for s in segments:
            body += struct.pack(">IIH", s.block_bytes, s.size, 16) + CONTENT_TAG + b"\x04" + s.id
            lines.append(("SegmentDescriptor", f"BlockSize {s.block_bytes}, SegmentSize {s.size}, ContentTag \"Other\","))
            lines.append(("", f"HashAlgorithm 4 (truncated SHA-512), SegmentHoHoDk {s.id.hex()}"))
        return self.offer(3, body, lines)

    def offer_v1(self, information, segment):
        code = self.offer(1, segment.id, [("Hash (HoHoDk)", segment.id.hex())])
        if code == "INTERESTED":
            described = information.of_one_segment(segment)
            lines = [("ContentTag", "\"Other\""), ("SegmentInformation", f"{len(described)} octets of content information 1.0,")]
            lines += [("", "one segment; its secret and block hashes are not shown"), *segment_fields(segment)]
            require(self.offer(2, CONTENT_TAG + described, lines) == "OK", "SEGMENT_INFO was not answered OK")
        return code

    def await_held(self, segment):
        deadline = time.monotonic() + HOLD_SECONDS
        ask = request(2, segment_id(segment.id) + ranges((0, segment.block_count())))
        while True:
            message, _ = self.retrieve(ask, quiet=True)
            if sum(count for _, count in message["ranges"]) == segment.block_count():
                self.retrieve(ask)
                return
            require(time.monotonic() < deadline, f"the hosted cache does not hold {segment.id.hex()} after {HOLD_SECONDS} s")
            time.sleep(0.1)

    def fetch(self, information, segment, index):
        ask = request(3, segment_id(segment.id) + ranges((index, 1)) + struct.pack(">I", 0))
        message, body = self.retrieve(ask)
        require((message["id"], message["index"]) == (segment.id, index), "the hosted cache sent another block")
        require(message["block"], "the hosted cache has not got the block")
        key_octets = {1: 16, 2: 24, 3: 32}[message["crypto"]]
        block = decrypt(key_octets, segment.secret, message["iv"], message["block"])
        require(information.block_matches(segment, index, block), "the block's hash is wrong")
        say("client    decrypts with openssl, computes the block's hash: right", [("octets", len(block))])
        return block, body

    def static_block(self, segment, index, body):
        """The same octets as a file; older hosted caches have no such thing."""
        name = segment.id.hex()
        path = f"/{name[:2]}/{name}-{index}.blk"
        status, _, answer = self.curl("http://" + self.a.cache + path)
        if status == 200:
            require(answer == body, "the file is not what MSG_GETBLKS was answered with")
            say(f"client -> hosted cache    GET {path}", [("HTTP", "200, the octets of the answer to MSG_GETBLKS")])


def offer_and_retrieve(arguments):
    with open(arguments.file, "rb") as file:
        content = file.read()
    client = Client(arguments)
    information = client.content_information()
    say("content information, decoded", information.fields())
    remember_secrets(arguments.work, information.segments)
    information.check(content)
    say("client    computes the hashes of the file with openssl: those of the content information")

    peer = Peer(content, information.segments)
    arguments.peer_port = peer.server_address[1]
    threading.Thread(target=peer.serve_forever, daemon=True).start()
    client.retrieve(request(0, struct.pack(">HHHH", 0, 1, 0, 2), crypto=0))
    offer = client.offer_v2 if arguments.content_version == 2 else lambda all_: [client.offer_v1(information, s) for s in all_]
    first = offer(information.segments)
    if arguments.content_version == 1:
        require(set(first) == {"INTERESTED"}, f"the first offers were answered {first} (expected: INTERESTED)")
    for segment in information.segments:
        client.await_held(segment)
    pulled = peer.blocks_served
    offer_again(offer, information.segments)
    require(peer.blocks_served == pulled, "the hosted cache pulled again what it holds")

    fetched = bytearray()
    for segment in information.segments:
        for index in range(segment.block_count()):
            block, body = client.fetch(information, segment, index)
            fetched += block
            client.static_block(segment, index, body)
    require(bytes(fetched) == content, "what was fetched is not the file")

    say("client    offers what it was just served, as one does that could not use it")
    offer_again(offer, information.segments)
    anew = peer.blocks_served - pulled
    say(f"hosted cache    pulled {anew} blocks anew: " + ("it has verified its own" if anew == 0 else "it cannot verify its own"))
    peer.shutdown()
    blocks = sum(segment.block_count() for segment in information.segments)
    say(f"version {arguments.content_version}: {len(content)} octets in {len(information.segments)} segments and {blocks} blocks"
        f" came back as they are; {pulled} blocks were pulled once; SHA-256 {digest('sha256', bytes(fetched)).hex()}")


def offer_again(offer, segments):
    answers = offer(segments)
    require(set([answers] if isinstance(answers, str) else answers) == {"OK"}, f"an offer of what is held was answered {answers}")
    time.sleep(1)  # for the pull that may follow


def remember_secrets(work, segments):
    """For the check that no daemon logs them."""
    with open(os.path.join(work, "secrets"), "a", encoding="ascii") as out:
        for segment in segments:
            out.write(f"{segment.secret.hex()}\n{base64.b64encode(segment.secret).decode()[:40]}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content-version", type=int, choices=(1, 2), required=True)
    parser.add_argument("--origin", required=True, help="the file's URL at the content server")
    parser.add_argument("--cache", required=True, help="HOST:PORT of the hosted cache, HTTP")
    parser.add_argument("--cache-https", default="", help="HOST:PORT of the hosted cache, HTTPS")
    parser.add_argument("--file", required=True, help="the file itself")
    parser.add_argument("--work", required=True, help="a directory for scraps")
    try:
        offer_and_retrieve(parser.parse_args())
    except Failure as e:
        print(f"FAIL  {e}", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
