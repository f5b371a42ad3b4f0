// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.publish;

import io.peerdist.agent.download.OfferSummary;
import io.peerdist.runtime.JsonObject;
import java.net.URI;
import java.util.Map;

/**
 * What became of a publication. Counts are octets.
 *
 * @param url under which the file is known now
 * @param version of the content information, 1 or 2
 * @param fileBytes what the origin says the file has
 * @param matchedBytes of blocks that the file has as the origin does; they are in the local cache
 * @param knownBytes of those, which were there before
 * @param informationBytes of content information, all that came from the origin
 * @param offers what hosted caches were told of
 */
public record PublishReport(
        URI url,
        int version,
        long fileBytes,
        long matchedBytes,
        long knownBytes,
        long informationBytes,
        OfferSummary offers) {
    /** Of blocks that the file has not, or otherwise. */
    public long differentBytes() {
        return fileBytes - matchedBytes;
    }

    /** The same with what became of its offers. */
    public PublishReport withOffers(OfferSummary other) {
        return new PublishReport(url, version, fileBytes, matchedBytes, knownBytes, informationBytes, other);
    }

    /** As {@link #of} reads it. */
    public JsonObject json() {
        return new JsonObject()
                .put("url", url.toString())
                .put("version", version)
                .put("bytes", fileBytes)
                .put("matchedBytes", matchedBytes)
                .put("knownBytes", knownBytes)
                .put("differentBytes", differentBytes())
                .put("contentInformationBytes", informationBytes)
                .put("offered", offers.offered())
                .put("pulled", offers.pulled());
    }

    /** Reads what {@link #json} wrote; throws {@link IllegalArgumentException} for something else. */
    public static PublishReport of(Map<?, ?> json) {
        return new PublishReport(
                URI.create(String.valueOf(json.get("url"))),
                Math.toIntExact(number(json, "version")),
                number(json, "bytes"),
                number(json, "matchedBytes"),
                number(json, "knownBytes"),
                number(json, "contentInformationBytes"),
                new OfferSummary(Math.toIntExact(number(json, "offered")), Math.toIntExact(number(json, "pulled"))));
    }

    private static long number(Map<?, ?> json, String name) {
        if (json.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + ": " + json.get(name) + " (expected: a number)");
    }
}
