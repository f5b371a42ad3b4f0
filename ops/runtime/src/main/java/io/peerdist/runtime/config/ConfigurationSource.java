// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Where the settings of all sections come from, and where what is wrong with them goes. */
record ConfigurationSource(String file, SettingOverrides overrides, Problems problems) {
    /** A key of the file with its value and line. */
    record Entry(Node value, int line) {}

    /** The keys of a mapping, by name; of anything else none, which is a problem. */
    Map<String, Entry> entries(Node node, String what) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.inFile(file, line(node), what + ": is a " + kind(node) + " (expected: keys with values)");
            return entries;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            int line = line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.inFile(file, line, what + ": a key is a " + kind(tuple.getKeyNode()) + " (expected: a name)");
            } else if (entries.putIfAbsent(key.getValue(), new Entry(tuple.getValueNode(), line)) != null) {
                problems.inFile(
                        file,
                        line,
                        key.getValue() + ": twice (expected: once, see line "
                                + entries.get(key.getValue()).line() + ")");
            }
        }
        return entries;
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    static String kind(Node node) {
        return switch (node.getNodeType()) {
            case MAPPING -> "mapping";
            case SEQUENCE -> "list";
            default -> "single value";
        };
    }
}
