// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import io.peerdist.runtime.JsonArray;
import io.peerdist.runtime.JsonObject;

/**
 * An answer of the management port.
 *
 * @param status an HTTP status code
 * @param json a JSON text
 */
public record ApiResponse(int status, String json) {
    public static ApiResponse ok(JsonObject json) {
        return new ApiResponse(200, json.toString());
    }

    public static ApiResponse ok(JsonArray json) {
        return new ApiResponse(200, json.toString());
    }

    /** {@code {"error": sentence}} */
    public static ApiResponse error(int status, String sentence) {
        return new ApiResponse(status, new JsonObject().put("error", sentence).toString());
    }
}
