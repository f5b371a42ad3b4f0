// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.NetUtil;
import io.peerdist.agent.origin.ContentAnswers;
import io.peerdist.agent.origin.ContentVersion;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a server is asked for in place of a program.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP 3.1.5</a>
 */
enum Question {
    /** Just what the program asks for. */
    PLAIN,
    /** The same, or content information of it. */
    HASHES,
    /** The whole file where the program asks for a part, or content information of it: that tells where the part is. */
    HASHES_FOR_RANGE;

    private static final Pattern ONE_RANGE =
            Pattern.compile("\\s*bytes\\s*=\\s*(\\d+\\s*-\\s*\\d*|-\\s*\\d+)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_IDENTITY =
            Pattern.compile("(.*,)?\\s*(identity|\\*)\\s*;\\s*q\\s*=\\s*0(\\.0*)?\\s*(,.*)?", Pattern.CASE_INSENSITIVE);

    /**
     * The question for a request.
     *
     * @param restricted whether a program on another machine asks
     */
    static Question of(RequestHead request, boolean restricted, PeerDistOrigins origins) {
        HttpHeaders headers = request.headers();
        boolean fits = request.method().equals(HttpMethod.GET) && !request.hasBody() && !speaksPeerDist(headers);
        // What peers lack is fetched by a client that looks the name up once more, which is not for other machines.
        boolean sameServer = !restricted
                || NetUtil.createByteArrayFromIpAddressString(request.target().host()) != null;
        boolean takesIdentity = headers.getAll(HttpHeaderNames.ACCEPT_ENCODING).stream()
                .noneMatch(value -> NO_IDENTITY.matcher(value).matches());
        if (!fits || !sameServer || !takesIdentity) {
            return PLAIN;
        }
        List<String> ranges = headers.getAll(HttpHeaderNames.RANGE);
        if (ranges.isEmpty()) {
            return HASHES;
        }
        boolean one = ranges.size() == 1 && ONE_RANGE.matcher(ranges.get(0)).matches();
        return one && origins.contains(request.target().origin()) ? HASHES_FOR_RANGE : PLAIN;
    }

    /** Whether a program takes content information itself, and so is given what the server sends. */
    static boolean speaksPeerDist(HttpHeaders headers) {
        return headers.contains(ContentAnswers.PEERDIST_FIELD)
                || HeaderRules.lists(headers, "Accept-Encoding", ContentAnswers.PEERDIST);
    }

    /** Turns the fields of the program into those of the question. */
    void ask(HttpHeaders fields, ContentVersion version) {
        if (this == PLAIN) {
            return;
        }
        String accepted = String.join(", ", fields.getAll(HttpHeaderNames.ACCEPT_ENCODING));
        fields.set(
                HttpHeaderNames.ACCEPT_ENCODING,
                accepted.isBlank() ? ContentAnswers.ACCEPT_ENCODING : accepted + ", " + ContentAnswers.PEERDIST);
        fields.set(ContentAnswers.PEERDIST_FIELD, ContentAnswers.peerDist());
        fields.set(ContentAnswers.PEERDIST_EX_FIELD, ContentAnswers.peerDistEx(version, false));
        if (this == HASHES_FOR_RANGE) {
            fields.remove(HttpHeaderNames.RANGE);
            fields.remove(HttpHeaderNames.IF_RANGE);
        }
    }
}
