// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.peerdist.agent.origin.OriginAnswer;
import java.util.List;
import java.util.Map;

/**
 * Which bytes a program wants.
 *
 * @param hashes the answer of the origin
 * @param from the first byte wanted
 * @param end one after the last byte wanted, above {@code from} and at most the length of the file
 * @param repeated header fields of the program, such as {@code Authorization}, {@code Cookie} and {@code User-Agent}, that go
 *     with every request for a range to that URL, and to no other; those that concern one connection or one request are left out
 */
public record StreamRequest(OriginAnswer.Hashes hashes, long from, long end, List<Map.Entry<String, String>> repeated) {
    /** Throws {@link IllegalArgumentException} for a range that is empty or reaches beyond the file. */
    public StreamRequest {
        long fileBytes = hashes.information().range().end();
        if (from < 0 || from >= end || end > fileBytes) {
            throw new IllegalArgumentException(
                    "range: " + from + " to " + end + " (expected: a part of 0 to " + fileBytes + ")");
        }
        repeated = List.copyOf(repeated);
    }

    /** All of the file. */
    public static StreamRequest whole(OriginAnswer.Hashes hashes, List<Map.Entry<String, String>> repeated) {
        return new StreamRequest(hashes, 0, hashes.information().range().end(), repeated);
    }
}
