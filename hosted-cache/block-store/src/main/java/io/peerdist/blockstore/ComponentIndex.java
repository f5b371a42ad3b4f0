// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;

/** Numbers the components that content tags name, for arrays that are changed with every read. */
final class ComponentIndex {
    static final int COUNT = ContentComponent.values().length;

    private ComponentIndex() {}

    @SuppressWarnings(
            "EnumOrdinal") // the order is only that of arrays, and of what was written in the order of values()
    static int of(ContentComponent component) {
        return component.ordinal();
    }
}
