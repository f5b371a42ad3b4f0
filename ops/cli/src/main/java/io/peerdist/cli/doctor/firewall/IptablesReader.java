// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import io.peerdist.cli.doctor.firewall.Rule.Action;
import io.peerdist.cli.doctor.firewall.Rule.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** Reads the table {@code filter} of {@code iptables-save} (iptables-save(8), iptables-extensions(8)). */
final class IptablesReader {
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("-m", "--match", "--comment", "--limit-burst", "--icmp-type");

    private final Table table;

    private IptablesReader(boolean ipv4) {
        this.table = new Table(ipv4 ? "iptables" : "ip6tables", ipv4, !ipv4);
    }

    static RuleSet read(String text, boolean ipv4) {
        IptablesReader reader = new IptablesReader(ipv4);
        String current = "";
        for (String line : (Iterable<String>) text.lines()::iterator) {
            boolean says = !line.startsWith("#") && !line.isBlank();
            if (line.startsWith("*")) {
                current = line.substring(1).strip();
            } else if (says && current.isEmpty()) {
                throw new IllegalArgumentException("rules: \"" + line + "\" (expected: a table, such as *filter)");
            } else if (says && current.equals("filter")) {
                reader.line(line);
            }
        }
        return new RuleSet(List.of(reader.table));
    }

    private void line(String line) {
        if (line.startsWith(":")) {
            List<String> words = words(line.substring(1));
            String name = words.get(0);
            Chain.Hook hook = switch (name) {
                case "INPUT" -> Chain.Hook.INPUT;
                case "OUTPUT" -> Chain.Hook.OUTPUT;
                default -> Chain.Hook.NONE;
            };
            table.chains.put(
                    name, new Chain(name, hook, words.size() > 1 && words.get(1).equals("DROP")));
        } else if (line.startsWith("-A ") || line.startsWith("[")) {
            List<String> words = words(line.replaceFirst("^\\[[0-9:]*] ", ""));
            Chain chain = words.size() < 2 ? null : table.chains.get(words.get(1));
            if (chain != null) {
                chain.rules.add(rule(line.replaceFirst("^\\[[0-9:]*] ", ""), words.subList(2, words.size())));
            }
        }
    }

    private Rule rule(String text, List<String> words) {
        Condition condition = Condition.ALWAYS;
        Action action = Action.NONE;
        String target = "";
        String label = table.label + " " + text;
        boolean negated = false;
        for (int at = 0; at < words.size(); at++) {
            String option = words.get(at);
            if (option.equals("!")) {
                negated = true;
                continue;
            }
            // A comment may begin as an option does.
            int values = option.equals("--comment") ? Math.min(1, words.size() - at - 1) : values(words, at + 1);
            List<String> of = words.subList(at + 1, at + 1 + values);
            if (option.equals("-j") || option.equals("--jump") || option.equals("-g") || option.equals("--goto")) {
                target = of.isEmpty() ? "" : of.get(0);
                action = action(target, option.startsWith("-g") || option.equals("--goto"));
                break; // what follows belongs to the target
            }
            Condition part = condition(option, of);
            condition = condition.and(negated ? part.not() : part);
            negated = false;
            at += values;
        }
        return new Rule(label, condition, action, target);
    }

    private Action action(String target, boolean goes) {
        return switch (target) {
            case "ACCEPT" -> Action.ACCEPT;
            case "DROP", "REJECT" -> Action.DROP;
            case "RETURN" -> Action.RETURN;
            default -> {
                if (!table.chains.containsKey(target)) {
                    yield Action.NONE; // LOG, NFLOG, MARK ...
                }
                yield goes ? Action.GO : Action.JUMP;
            }
        };
    }

    /** How many words up to the next option. */
    private static int values(List<String> words, int from) {
        int to = from;
        while (to < words.size()
                && !words.get(to).startsWith("-")
                && !words.get(to).equals("!")) {
            to++;
        }
        return to - from;
    }

    private static Condition condition(String option, List<String> of) {
        if (WITHOUT_EFFECT.contains(option)) {
            return Condition.ALWAYS;
        }
        String value = of.isEmpty() ? "" : of.get(0);
        return switch (option) {
            case "-p", "--protocol" -> packet -> packet.isTransport(value);
            case "-s", "--source" -> any(value, each -> packet -> packet.isFrom(each));
            case "-d", "--destination" -> any(value, each -> packet -> packet.isTo(each));
            case "-i", "--in-interface" -> packet -> packet.passes(value, true);
            case "-o", "--out-interface" -> packet -> packet.passes(value, false);
            case "--dport", "--destination-port", "--dports", "--destination-ports" ->
                any(value, each -> packet -> packet.destination().isIn(ports(each)));
            case "--sport", "--source-port", "--sports", "--source-ports" ->
                any(value, each -> packet -> packet.source().isIn(ports(each)));
            case "--ctstate", "--state" -> any(value, each -> packet -> Packet.isState(each));
            case "--dst-type", "--pkt-type" -> any(value, each -> packet -> packet.isKind(each));
            case "--syn" -> packet -> Truth.of(!packet.udp());
            default -> Condition.UNKNOWN;
        };
    }

    private static Condition any(String list, Function<String, Condition> each) {
        Iterator<Condition> conditions =
                Arrays.stream(list.split(",", -1)).map(each).iterator();
        Condition all = conditions.next();
        while (conditions.hasNext()) {
            all = all.or(conditions.next());
        }
        return all;
    }

    private static PortRange ports(String text) {
        String[] ends = text.split(":", -1);
        try {
            int from = ends[0].isEmpty() ? 0 : Integer.parseInt(ends[0]);
            if (ends.length == 1) {
                return PortRange.of(from);
            }
            return new PortRange(from, ends[1].isEmpty() ? 0xFFFF : Integer.parseInt(ends[1]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "port: " + text.toLowerCase(Locale.ROOT) + " (expected: a number, or two with a colon)", e);
        }
    }

    /** Words, of which one in quotation marks may hold blanks. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quoted && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
                any = true;
            } else if (c == ' ' && !quoted) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }
}
