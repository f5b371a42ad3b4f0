// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.peerdist.codec.pccrtp.ContentNegotiation;
import io.peerdist.codec.pccrtp.ContentNegotiation.Decision;
import io.peerdist.codec.pccrtp.ContentNegotiation.Identity;
import io.peerdist.codec.pccrtp.ContentNegotiation.PeerDist;
import io.peerdist.codec.pccrtp.ContentNegotiation.Reason;
import io.peerdist.codec.pccrtp.MissingDataRequest;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.codec.wire.MalformedMessageException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a request's header fields ask of the PeerDist encoding (MS-PCCRTP 3.2.5.1).
 *
 * @param kind how the request counts as long as it gets no content information
 * @param wanted the content information to send, if there is any
 */
record PeerDistDemand(RequestKind kind, Optional<PeerDist> wanted) {
    private static final PeerDistDemand NONE = new PeerDistDemand(RequestKind.PLAIN, Optional.empty());
    private static final PeerDistDemand HEAD = new PeerDistDemand(RequestKind.HEAD, Optional.empty());
    private static final PeerDistDemand MISSING = new PeerDistDemand(RequestKind.MISSING, Optional.empty());

    /**
     * HEAD always speaks of the bytes: BITS takes the content's size from it. So does a request for a range, as no client is
     * known to understand content information in a 206.
     *
     * @param malformed is told of a header field that breaks its grammar; such a request gets the bytes
     */
    static PeerDistDemand of(OriginRequest request, Consumer<MalformedMessageException> malformed) {
        if (request.isHead()) {
            return HEAD;
        }
        HttpHeaders headers = request.headers();
        String peerDist = ContentNegotiation.join(headers.getAll(PeerDistParams.HEADER));
        if (peerDist == null) {
            return NONE;
        }
        String peerDistEx = ContentNegotiation.join(headers.getAll(PeerDistExParams.HEADER));
        Decision decision = decide(headers.getAll(HttpHeaderNames.ACCEPT_ENCODING), peerDist, peerDistEx);
        if (decision instanceof Identity identity) {
            identity.problem().ifPresent(malformed);
            boolean missing = identity.reason() == Reason.MISSING_DATA
                    || (identity.reason() == Reason.NOT_ACCEPTED && isMissingDataRequest(peerDist, malformed));
            return missing ? MISSING : NONE;
        }
        if (headers.contains(HttpHeaderNames.RANGE)) {
            return NONE;
        }
        PeerDist wanted = (PeerDist) decision;
        return new PeerDistDemand(wanted.hashRequest() ? RequestKind.HASH : RequestKind.PLAIN, Optional.of(wanted));
    }

    /**
     * The specification's example of a hash request (MS-PCCRTP 4) has no Accept-Encoding at all, which in HTTP means that
     * any coding will do; and who says HashRequest=true has no use for the bytes.
     */
    private static Decision decide(List<String> acceptEncoding, String peerDist, @Nullable String peerDistEx) {
        if (acceptEncoding.isEmpty()) {
            Decision assumed = ContentNegotiation.decide(List.of(ContentNegotiation.PEERDIST), peerDist, peerDistEx);
            if (assumed instanceof PeerDist hashes && hashes.hashRequest()) {
                return hashes;
            }
        }
        return ContentNegotiation.decide(acceptEncoding, peerDist, peerDistEx);
    }

    private static boolean isMissingDataRequest(String peerDist, Consumer<MalformedMessageException> malformed) {
        try {
            return PeerDistParams.parse(peerDist).missingDataRequest() == MissingDataRequest.TRUE;
        } catch (MalformedMessageException e) {
            malformed.accept(e);
            return false;
        }
    }
}
