// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.codec.pccrtp.ContentNegotiation;
import io.peerdist.codec.pccrtp.ContentNegotiation.PeerDist;
import io.peerdist.codec.pccrtp.MissingDataRequest;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.OpenedFile;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.information.EncodedInformation;
import io.peerdist.runtime.http.RequestedRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answers that one request for one open file can get. Not thread-safe, touches no disk.
 *
 * <h2>Shared caches</h2>
 *
 * The same URL gives bytes or content information by the request's header fields. So every answer names them in {@code
 * Vary}, each variant has its own entity tag, and content information says {@code no-transform}, lest an intermediary
 * compress it and a client take that for content.
 */
final class FileAnswers {
    static final String SERVER = "peerdist";

    private static final String VARY = "Accept-Encoding, " + PeerDistParams.HEADER + ", " + PeerDistExParams.HEADER;

    private final OriginRequest request;
    private final RequestKind kind;
    private final OpenedFile file;
    private final List<ContentSecrets> secrets;
    private final EntityTags tags;
    private final Preconditions preconditions;
    private final long nowSeconds;

    /**
     * @param secrets all whose content information the client may hold, those in use first
     * @param nowSeconds the date of the answer, in seconds since 1970
     */
    FileAnswers(
            OriginRequest request, RequestKind kind, OpenedFile file, List<ContentSecrets> secrets, long nowSeconds) {
        this.request = request;
        this.kind = kind;
        this.file = file;
        this.secrets = secrets;
        this.tags = tagsOf(secrets.get(0));
        this.preconditions = new Preconditions(
                request.headers(), this::allTags, file.version().modifiedSeconds());
        this.nowSeconds = nowSeconds;
    }

    private EntityTags tagsOf(ContentSecrets used) {
        return EntityTags.of(file.version(), used.parametersId());
    }

    /** A client that holds content information of a former secret asks for the bytes under the tag it came with. */
    private List<String> allTags() {
        return secrets.stream().flatMap(known -> tagsOf(known).all().stream()).toList();
    }

    /** An answer that carries nothing. */
    static Answer empty(RequestKind kind, HttpResponseStatus status) {
        HttpHeaders headers = baseHeaders();
        headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        return new Answer(kind, status, headers, new Answer.NoBody());
    }

    /** 412 if a condition does not hold: nothing else may be sent then. */
    Optional<Answer> preconditionFailed() {
        return preconditions.hold()
                ? Optional.empty()
                : Optional.of(empty(kind, HttpResponseStatus.PRECONDITION_FAILED));
    }

    /** 304 if the client has the content information that it asks for; whether the server has it too does not matter. */
    Optional<Answer> informationNotModified(PeerDist wanted) {
        String tag = tags.ofContentInformation(wanted.contentInformationVersion());
        return preconditions.isNotModified(tag) ? Optional.of(notModified(tag)) : Optional.empty();
    }

    /**
     * 200 with content information.
     *
     * @param used the secrets that it was made with
     */
    Answer contentInformation(PeerDist wanted, ContentSecrets used, EncodedInformation information) {
        HttpHeaders headers = fileHeaders(tagsOf(used).ofContentInformation(wanted.contentInformationVersion()));
        headers.set(HttpHeaderNames.CONTENT_ENCODING, ContentNegotiation.PEERDIST);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, information.lengthBytes());
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_TRANSFORM);
        PeerDistParams params =
                PeerDistParams.response(wanted.encodingVersion(), file.version().sizeBytes());
        headers.set(PeerDistParams.HEADER, params.toHeaderValue());
        RequestKind answered = kind == RequestKind.HASH ? kind : RequestKind.PEERDIST;
        return new Answer(answered, HttpResponseStatus.OK, headers, new Answer.InformationBody(information));
    }

    /** The bytes, or the part of them that was asked for. */
    Answer bytes() {
        if (preconditions.isNotModified(tags.identity())) {
            return notModified(tags.identity());
        }
        RequestedRange range = requestedRange();
        if (range instanceof RequestedRange.Unsatisfiable) {
            Answer answer = empty(kind, HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
            answer.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + sizeBytes());
            return answer;
        }
        HttpHeaders headers = fileHeaders(tags.identity());
        if (range instanceof RequestedRange.Part part) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, part.lengthBytes());
            headers.set(
                    HttpHeaderNames.CONTENT_RANGE,
                    "bytes " + part.firstByte() + "-" + part.lastByte() + "/" + sizeBytes());
            return new Answer(
                    kind,
                    HttpResponseStatus.PARTIAL_CONTENT,
                    headers,
                    new Answer.FilePart(file.channel(), part.firstByte(), part.lengthBytes()));
        }
        headers.set(HttpHeaderNames.CONTENT_LENGTH, sizeBytes());
        boolean bodyless = request.isHead() || sizeBytes() == 0;
        Answer.Body body = bodyless ? new Answer.NoBody() : new Answer.FilePart(file.channel(), 0, sizeBytes());
        return new Answer(kind, HttpResponseStatus.OK, headers, body);
    }

    /** The bytes, and the request to ask once more when the file is hashed. */
    Answer bytesUntilHashed(PeerDist wanted) {
        Answer answer = bytes();
        PeerDistParams params =
                new PeerDistParams(wanted.encodingVersion(), OptionalLong.empty(), MissingDataRequest.ABSENT);
        answer.headers().set(PeerDistParams.HEADER, params.toHeaderValue());
        answer.headers()
                .set(
                        PeerDistExParams.HEADER,
                        PeerDistExParams.askForHashRequest().toHeaderValue());
        return answer;
    }

    private RequestedRange requestedRange() {
        List<String> fields = request.headers().getAll(HttpHeaderNames.RANGE);
        if (request.isHead() || fields.size() != 1 || !preconditions.rangeApplies()) {
            return new RequestedRange.Whole();
        }
        return RequestedRange.parse(fields.get(0), sizeBytes());
    }

    private Answer notModified(String tag) {
        HttpHeaders headers = baseHeaders();
        headers.set(HttpHeaderNames.ETAG, tag);
        return new Answer(kind, HttpResponseStatus.NOT_MODIFIED, headers, new Answer.NoBody());
    }

    private HttpHeaders fileHeaders(String tag) {
        FileVersion version = file.version();
        HttpHeaders headers = baseHeaders();
        headers.set(HttpHeaderNames.ETAG, tag);
        // RFC 9110 8.8.2.1: never later than the date of the answer.
        headers.set(HttpHeaderNames.LAST_MODIFIED, HttpDate.format(Math.min(version.modifiedSeconds(), nowSeconds)));
        headers.set(HttpHeaderNames.CONTENT_TYPE, MediaTypes.of(version.path().fileName()));
        headers.set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
        return headers;
    }

    private static HttpHeaders baseHeaders() {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.SERVER, SERVER);
        headers.set(HttpHeaderNames.VARY, VARY);
        headers.set("X-Content-Type-Options", "nosniff");
        return headers;
    }

    private long sizeBytes() {
        return file.version().sizeBytes();
    }
}
