package dev.sallyport.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;

/** Collects the routes of router functions, as {@code GET /v1/agents/{name}}. */
final class ServedRoutes implements RouterFunctions.Visitor {

    private final Deque<Condition> nesting = new ArrayDeque<>();
    private final Set<String> routes = new TreeSet<>();

    /** All of a function; fails on what it can't look into. */
    static Set<String> of(RouterFunction<?> function) {
        ServedRoutes visitor = new ServedRoutes();
        function.accept(visitor);
        return visitor.routes;
    }

    @Override
    public void startNested(RequestPredicate predicate) {
        nesting.addLast(Condition.of(predicate));
    }

    @Override
    public void endNested(RequestPredicate predicate) {
        nesting.removeLast();
    }

    @Override
    public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
        nesting.addLast(Condition.of(predicate));
        Set<String> paths = Set.of("");
        Set<String> methods = new HashSet<>();
        for (Condition each : nesting) {
            paths = each.after(paths);
            methods.addAll(each.methods);
        }
        nesting.removeLast();
        for (String path : paths) {
            (methods.isEmpty() ? Set.of("ANY") : methods).forEach(method -> routes.add(method + " " + path));
        }
    }

    @Override
    public void resources(Function<ServerRequest, Optional<Resource>> lookup) {
        throw new AssertionError("static resources are served, which no description can list");
    }

    @Override
    public void attributes(Map<String, Object> attributes) {}

    @Override
    public void unknown(RouterFunction<?> function) {
        throw new AssertionError("a router function can't be looked into: " + function);
    }

    /** The methods and paths that a predicate names; several of each are alternatives. */
    private static final class Condition implements RequestPredicates.Visitor {

        private final Set<String> methods = new HashSet<>();
        private final Set<String> paths = new HashSet<>();

        static Condition of(RequestPredicate predicate) {
            Condition condition = new Condition();
            predicate.accept(condition);
            return condition;
        }

        Set<String> after(Set<String> prefixes) {
            Set<String> joined = new HashSet<>();
            prefixes.forEach(prefix -> (paths.isEmpty() ? List.of("") : paths)
                    .forEach(path -> joined.add(prefix + (path.equals("/") ? "" : path))));
            return joined;
        }

        @Override
        public void method(Set<HttpMethod> named) {
            named.forEach(method -> methods.add(method.name()));
        }

        @Override
        public void path(String pattern) {
            // A description has no regular expressions, and no rest of a path: {name:[a-z]+} and {*name} are {name}
            // there.
            paths.add(pattern.replaceAll("\\{([A-Za-z]+):[^/]*}", "{$1}").replace("{*", "{"));
        }

        @Override
        public void unknown(RequestPredicate predicate) {
            throw new AssertionError("a predicate can't be looked into: " + predicate);
        }

        @Override
        @SuppressWarnings("removal") // Abstract until it goes.
        public void pathExtension(String extension) {}

        @Override
        public void header(String name, String value) {}

        @Override
        public void param(String name, String value) {}

        @Override
        public void version(String version) {}

        @Override
        public void startAnd() {}

        @Override
        public void and() {}

        @Override
        public void endAnd() {}

        @Override
        public void startOr() {}

        @Override
        public void or() {}

        @Override
        public void endOr() {}

        @Override
        public void startNegate() {}

        @Override
        public void endNegate() {}
    }
}
