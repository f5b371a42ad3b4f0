// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import io.peerdist.cli.doctor.firewall.Rule.Action;
import io.peerdist.cli.doctor.firewall.Rule.Condition;
import io.peerdist.runtime.JsonReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads what {@code nft -j list ruleset} writes (libnftables-json(5)). For one use. */
final class NftReader {
    private static final Set<String> IPTABLES_CHAINS =
            Set.of("INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING");

    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final Map<String, Object> sets = new LinkedHashMap<>();
    private final Set<String> ofIptables = new HashSet<>();

    private NftReader() {}

    static RuleSet read(String json, boolean withoutIptables) {
        if (!(JsonReader.object(json).get("nftables") instanceof List<?> all)) {
            throw new IllegalArgumentException("rules: (expected: a list \"nftables\")");
        }
        NftReader reader = new NftReader();
        for (String kind : List.of("table", "chain", "set", "map", "rule")) { // a rule may come before what it names
            for (Object each : all) {
                if (each instanceof Map<?, ?> entry && entry.get(kind) instanceof Map<?, ?> object) {
                    reader.add(kind, object);
                }
            }
        }
        if (withoutIptables) {
            reader.tables.keySet().removeAll(reader.ofIptables);
        }
        return new RuleSet(List.copyOf(reader.tables.values()));
    }

    private void add(String kind, Map<?, ?> object) {
        String family = text(object, "family");
        String key = family + " " + (kind.equals("table") ? text(object, "name") : text(object, "table"));
        Table table = tables.get(key);
        if (kind.equals("table")) {
            boolean both = family.equals("inet");
            tables.put(key, new Table("nft table " + key, both || family.equals("ip"), both || family.equals("ip6")));
        } else if (table == null) {
            throw new IllegalArgumentException(kind + " of table: " + key + " (expected: one that is listed)");
        } else if (kind.equals("chain")) {
            addChain(key, table, object);
        } else if (kind.equals("rule")) {
            Chain chain = table.chains.get(text(object, "chain"));
            if (chain != null && object.get("expr") instanceof List<?> expressions) {
                addRules(key, table, chain, object, expressions);
            }
        } else if (object.get("elem") instanceof List<?> elements) {
            sets.put(key + " " + text(object, "name"), elements);
        }
    }

    private void addChain(String key, Table table, Map<?, ?> object) {
        String name = text(object, "name");
        Chain.Hook hook = Chain.Hook.NONE;
        if (text(object, "type").equals("filter")) {
            hook = switch (text(object, "hook")) {
                case "input" -> Chain.Hook.INPUT;
                case "output" -> Chain.Hook.OUTPUT;
                default -> Chain.Hook.NONE;
            };
        }
        if (IPTABLES_CHAINS.contains(name) && key.startsWith("ip")) {
            ofIptables.add(key);
        }
        table.chains.put(name, new Chain(name, hook, text(object, "policy").equals("drop")));
    }

    private void addRules(String key, Table table, Chain chain, Map<?, ?> object, List<?> expressions) {
        String comment = text(object, "comment");
        String label = table.label + ", chain " + chain.name + ", handle " + object.get("handle")
                + (comment.isEmpty() ? "" : " (" + comment + ")");
        Condition condition = Condition.ALWAYS;
        for (Object each : expressions) {
            if (!(each instanceof Map<?, ?> statement) || statement.isEmpty()) {
                continue;
            }
            String kind = String.valueOf(statement.keySet().iterator().next());
            Object body = statement.get(kind);
            if (kind.equals("match") && body instanceof Map<?, ?> match) {
                condition = condition.and(match(key, match));
            } else if (kind.equals("limit") || kind.equals("xt")) {
                condition = condition.and(Condition.UNKNOWN);
            } else if (kind.equals("vmap") && body instanceof Map<?, ?> map) {
                addMapped(key, chain, label, condition, map);
            } else {
                addVerdict(chain, label, condition, statement);
            }
        }
    }

    /** A rule for each pair of key and verdict. */
    private void addMapped(String key, Chain chain, String label, Condition condition, Map<?, ?> map) {
        Object data = map.get("data");
        Object of = map.get("key");
        for (Object each : data == null ? List.of() : elements(key, data)) {
            if (each instanceof List<?> pair && pair.size() == 2 && pair.get(1) instanceof Map<?, ?> verdict) {
                Object value = pair.get(0);
                Condition holds = of == null || value == null ? Condition.UNKNOWN : compare(of, bare(value));
                addVerdict(chain, label, condition.and(holds), verdict);
            }
        }
    }

    private static void addVerdict(Chain chain, String label, Condition condition, Map<?, ?> statement) {
        String kind = String.valueOf(statement.keySet().iterator().next());
        Action action = switch (kind) {
            case "accept" -> Action.ACCEPT;
            case "drop", "reject" -> Action.DROP;
            case "return" -> Action.RETURN;
            case "jump" -> Action.JUMP;
            case "goto" -> Action.GO;
            default -> Action.NONE;
        };
        String target = statement.get(kind) instanceof Map<?, ?> body ? text(body, "target") : "";
        if (action != Action.NONE) {
            chain.rules.add(new Rule(label, condition, action, target));
        }
    }

    private Condition match(String key, Map<?, ?> match) {
        Object left = match.get("left");
        Object right = match.get("right");
        if (left == null || right == null) {
            return Condition.UNKNOWN;
        }
        String operator = text(match, "op");
        return switch (operator) {
            case "==", "in" -> compare(left, elements(key, right));
            case "!=" -> compare(left, elements(key, right)).not();
            case "<", "<=", ">", ">=" -> bound(left, operator, right);
            default -> Condition.UNKNOWN;
        };
    }

    private static Condition bound(Object left, String operator, Object right) {
        if (!(right instanceof Long value) || value < 0 || value > 0xFFFF) {
            return Condition.UNKNOWN;
        }
        int port = value.intValue();
        PortRange range = switch (operator) {
            case "<" -> new PortRange(0, Math.max(0, port - 1));
            case "<=" -> new PortRange(0, port);
            case ">" -> new PortRange(Math.min(0xFFFF, port + 1), 0xFFFF);
            default -> new PortRange(port, 0xFFFF);
        };
        return compare(left, List.of(Map.of("range", List.of((long) range.from(), (long) range.to()))));
    }

    /** What a right side stands for: the elements of a set, named or not, or itself. */
    private List<Object> elements(String key, Object right) {
        Object set = right;
        if (right instanceof String name && name.startsWith("@")) {
            set = sets.getOrDefault(key + " " + name.substring(1), List.of());
        } else if (right instanceof Map<?, ?> map && map.containsKey("set")) {
            Object inner = map.get("set");
            return inner == null ? List.of() : elements(key, inner);
        }
        List<Object> all = new ArrayList<>();
        if (set instanceof List<?> list) {
            list.stream().filter(Objects::nonNull).forEach(each -> all.add(bare(each)));
        } else {
            all.add(bare(set));
        }
        return all;
    }

    /** An element of a set may stand with its counter or time. */
    private static Object bare(Object element) {
        if (element instanceof Map<?, ?> map && map.get("elem") instanceof Map<?, ?> inner) {
            Object value = inner.get("val");
            return value == null ? element : value;
        }
        return element;
    }

    private static Condition compare(Object left, List<Object> values) {
        Condition any = packet -> Truth.NO;
        for (Object each : values) {
            any = any.or(compare(left, each));
        }
        return any;
    }

    private static Condition compare(Object left, Object value) {
        if (!(left instanceof Map<?, ?> map)) {
            return Condition.UNKNOWN;
        }
        if (map.get("payload") instanceof Map<?, ?> payload) {
            return payload(text(payload, "protocol"), text(payload, "field"), value);
        }
        if (map.get("meta") instanceof Map<?, ?> meta) {
            return meta(text(meta, "key"), String.valueOf(value));
        }
        if (map.get("ct") instanceof Map<?, ?> connection) {
            return text(connection, "key").equals("state")
                    ? packet -> Packet.isState(String.valueOf(value))
                    : Condition.UNKNOWN;
        }
        if (map.get("fib") instanceof Map<?, ?> route && text(route, "result").equals("type")) {
            return String.valueOf(route.get("flags")).contains("daddr")
                    ? packet -> packet.isKind(String.valueOf(value))
                    : Condition.UNKNOWN;
        }
        return Condition.UNKNOWN;
    }

    private static Condition payload(String protocol, String field, Object value) {
        return switch (protocol) {
            case "udp", "tcp", "th" -> {
                Condition same = packet -> protocol.equals("th") ? Truth.YES : packet.isTransport(protocol);
                yield switch (field) {
                    case "dport" -> same.and(packet -> ports(packet.destination(), value));
                    case "sport" -> same.and(packet -> ports(packet.source(), value));
                    default -> same.and(Condition.UNKNOWN);
                };
            }
            case "ip", "ip6" -> {
                Condition same = packet -> Truth.of(packet.ipv4() == protocol.equals("ip"));
                yield switch (field) {
                    case "saddr" -> same.and(packet -> packet.isFrom(network(value)));
                    case "daddr" -> same.and(packet -> packet.isTo(network(value)));
                    case "protocol", "nexthdr" -> same.and(packet -> packet.isTransport(String.valueOf(value)));
                    default -> same.and(Condition.UNKNOWN);
                };
            }
            case "icmp", "icmpv6", "igmp", "sctp", "dccp", "esp", "ah" -> packet -> Truth.NO;
            default -> Condition.UNKNOWN;
        };
    }

    private static Condition meta(String key, String value) {
        return switch (key) {
            case "l4proto" -> packet -> packet.isTransport(value);
            case "iifname", "iif" -> packet -> packet.passes(value, true);
            case "oifname", "oif" -> packet -> packet.passes(value, false);
            case "pkttype" -> packet -> packet.isKind(value);
            case "nfproto" -> packet -> Truth.of(packet.ipv4() == value.equals("ipv4"));
            case "protocol" ->
                packet ->
                        Truth.of(packet.ipv4() == value.toLowerCase(Locale.ROOT).equals("ip"));
            default -> Condition.UNKNOWN;
        };
    }

    private static Truth ports(PortRange of, Object value) {
        if (value instanceof Long port) {
            return port < 0 || port > 0xFFFF ? Truth.MAYBE : of.isIn(PortRange.of(port.intValue()));
        }
        if (value instanceof Map<?, ?> map
                && map.get("range") instanceof List<?> ends
                && ends.size() == 2
                && ends.get(0) instanceof Long from
                && ends.get(1) instanceof Long to) {
            return of.isIn(new PortRange(from.intValue(), to.intValue()));
        }
        return Truth.MAYBE; // a name of /etc/services, or something joined of several fields
    }

    private static String network(Object value) {
        if (value instanceof Map<?, ?> map && map.get("prefix") instanceof Map<?, ?> prefix) {
            return text(prefix, "addr") + "/" + prefix.get("len");
        }
        return String.valueOf(value);
    }

    private static String text(Map<?, ?> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }
}
