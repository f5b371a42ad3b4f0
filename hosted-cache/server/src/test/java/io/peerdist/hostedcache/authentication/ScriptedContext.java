// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** Security contexts that take any token and answer what the test says. Not thread-safe. */
final class ScriptedContext implements SecurityContext {
    private final Deque<Step> script;
    private int closed;

    private ScriptedContext(Deque<Step> script) {
        this.script = script;
    }

    @Override
    public Step accept(byte[] token) {
        if (closed > 0) {
            throw new IllegalStateException("a token for a context that is closed");
        }
        return script.remove();
    }

    @Override
    public void close() {
        closed++;
    }

    /** Makes contexts that share one script. */
    static final class Source implements Supplier<SecurityContext> {
        private final Deque<Step> script = new ArrayDeque<>();
        private final List<ScriptedContext> made = new ArrayList<>();

        Source then(Step... steps) {
            script.addAll(List.of(steps));
            return this;
        }

        @Override
        public SecurityContext get() {
            ScriptedContext context = new ScriptedContext(script);
            made.add(context);
            return context;
        }

        /** Contexts made. */
        int made() {
            return made.size();
        }

        /** Contexts made and not closed. */
        long open() {
            return made.stream().filter(context -> context.closed == 0).count();
        }
    }
}
