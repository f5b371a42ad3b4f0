// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.agent.origin.ContentAnswers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the head of an answer with a file of the head of one with its content information. */
final class FileHead {
    /** What is about the octets of the content information, or their way here. */
    private static final List<String> OF_INFORMATION = List.of(
            "Content-Encoding",
            "Content-Length",
            "Transfer-Encoding",
            "Trailer",
            "Content-Range",
            "Content-MD5",
            "Digest",
            "Content-Digest",
            "Repr-Digest",
            ContentAnswers.PEERDIST_FIELD,
            ContentAnswers.PEERDIST_EX_FIELD);

    private static final String WEAK = "W/";

    private FileHead() {}

    /** 200, 206 or 416 as {@code wanted} says, which is none of {@link WantedPart.Unknown}. */
    static HttpResponse of(HttpHeaders information, WantedPart wanted, long fileBytes) {
        HttpHeaders fields = information.copy();
        OF_INFORMATION.forEach(fields::remove);
        weaken(fields);
        HttpResponseStatus status = HttpResponseStatus.OK;
        long length = fileBytes;
        if (wanted instanceof WantedPart.Part part) {
            status = HttpResponseStatus.PARTIAL_CONTENT;
            length = part.end() - part.from();
            fields.set(
                    HttpHeaderNames.CONTENT_RANGE, "bytes " + part.from() + "-" + (part.end() - 1) + "/" + fileBytes);
        } else if (wanted instanceof WantedPart.None) {
            status = HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE;
            length = 0;
            fields.set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + fileBytes);
        }
        fields.set(HttpHeaderNames.CONTENT_LENGTH, length);
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, fields);
    }

    /**
     * The tag of content information is not that of the file, which only an answer without content information would show
     * (RFC 9110 8.8.3.3). Weak, it still tells versions apart when the program asks again by the same way, and nobody joins
     * parts by it.
     */
    private static void weaken(HttpHeaders fields) {
        String tag = fields.get(HttpHeaderNames.ETAG);
        if (tag != null && tag.startsWith("\"")) {
            fields.set(HttpHeaderNames.ETAG, WEAK + tag);
        }
    }

    /** Gives 304 the tag by which the program asked, when that is the weak one of an answer made here. */
    static void matchTag(HttpHeaders notModified, @Nullable String ifNoneMatch) {
        String tag = notModified.get(HttpHeaderNames.ETAG);
        if (tag != null && ifNoneMatch != null && tag.startsWith("\"") && ifNoneMatch.contains(WEAK + tag)) {
            weaken(notModified);
        }
    }
}
