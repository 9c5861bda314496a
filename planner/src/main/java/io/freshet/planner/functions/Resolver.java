package io.freshet.planner.functions;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.functions.Candidates.Candidate;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the function or operator that a call means, along a search path. Safe for concurrent use. */
public final class Resolver {
    private final ServerObjects objects;
    private final List<String> path;
    private final Candidates candidates;
    private final Coercions coercions;

    /** How the arguments of a call are written. */
    public enum Spread {
        /** One by one. */
        PLAIN,
        /** The last one is the array of a VARIADIC parameter. */
        ARRAY
    }

    /** @param searchPath without {@code pg_catalog}, which comes first */
    public Resolver(ServerObjects objects, List<String> searchPath) {
        this.objects = objects;
        this.path = new ArrayList<>(List.of(ServerObjects.SYSTEM_SCHEMA));
        searchPath.stream().filter(s -> !s.equals(ServerObjects.SYSTEM_SCHEMA)).forEach(path::add);
        this.candidates = new Candidates(objects);
        this.coercions = new Coercions(objects);
    }

    /** All functions that a name can mean, those of earlier schemas first. */
    public List<FunctionInfo> functions(Optional<String> schema, String name) {
        List<String> schemas = schema.map(List::of).orElse(path);
        return objects.functions(name).stream().filter(f -> schemas.contains(f.schema()))
                .sorted((a, b) -> Integer.compare(schemas.indexOf(a.schema()), schemas.indexOf(b.schema()))).toList();
    }

    /**
     * The overload for arguments of these types; an untyped literal's is {@code unknown}.
     *
     * @throws FreshetException UNDEFINED_FUNCTION, AMBIGUOUS_NAME; without position
     */
    public FunctionCall function(List<FunctionInfo> overloads, String name, List<PgType> arguments, Spread spread) {
        List<Integer> given = arguments.stream().map(PgType::oid).toList();
        List<Candidate<FunctionInfo>> fitting = spread(overloads, given.size(), spread);
        Optional<Candidate<FunctionInfo>> exact = Candidates.exact(fitting, given);
        List<Candidate<FunctionInfo>> best = exact.map(List::of).orElseGet(() -> candidates.best(fitting, given));
        if (best.isEmpty()) {
            throw FreshetException.of(ErrorCode.UNDEFINED_FUNCTION, "function " + signature(name, arguments) + " does not exist")
                    .withHint(functionHint(overloads, name));
        }
        if (best.size() > 1) {
            throw FreshetException.of(ErrorCode.AMBIGUOUS_NAME, "function " + signature(name, arguments) + " is not unique")
                    .withHint("Add explicit casts to the arguments so that one function is the best match.");
        }
        Candidate<FunctionInfo> chosen = best.getFirst();
        Polymorphism polymorphism = new Polymorphism(objects);
        List<Integer> declared = polymorphism.resolve(given, chosen.arguments()).orElseThrow(Resolver::undetermined);
        int result = polymorphism.resolve(chosen.target().returnType(), given, chosen.arguments())
                .orElseThrow(Resolver::undetermined);
        return new FunctionCall(chosen.target(), declared, chosen.arguments(), objects.types().type(result));
    }

    /** The type of an output column of a resolved call, which may be declared as a pseudo-type. */
    public int outputType(FunctionCall call, int declared) {
        return new Polymorphism(objects).resolve(declared, call.argumentTypes(), call.declaredTypes())
                .orElseThrow(Resolver::undetermined);
    }

    /** @throws FreshetException UNDEFINED_FUNCTION, AMBIGUOUS_NAME; without position */
    public OperatorCall binary(Optional<String> schema, String symbol, PgType left, PgType right) {
        List<Integer> given = List.of(left.oid(), right.oid());
        List<Candidate<OperatorInfo>> fitting = operators(schema, symbol, given.size());
        // An untyped literal beside a typed operand is tried as of the same type first.
        List<Integer> alike = List.of(left.oid() == Oids.UNKNOWN ? right.oid() : left.oid(),
                right.oid() == Oids.UNKNOWN ? left.oid() : right.oid());
        Optional<Candidate<OperatorInfo>> exact = Candidates.exact(fitting, alike);
        if (exact.isEmpty() && !alike.equals(given)) {
            exact = Candidates.exact(fitting, alike.stream().map(coercions::base).toList());
        }
        return operator(exact.map(List::of).orElseGet(() -> candidates.best(fitting, given)), given,
                left.text() + " " + symbol + " " + right.text());
    }

    /** @throws FreshetException UNDEFINED_FUNCTION, AMBIGUOUS_NAME; without position */
    public OperatorCall prefix(Optional<String> schema, String symbol, PgType operand) {
        List<Integer> given = List.of(operand.oid());
        List<Candidate<OperatorInfo>> fitting = operators(schema, symbol, given.size());
        Optional<Candidate<OperatorInfo>> exact = Candidates.exact(fitting, given);
        return operator(exact.map(List::of).orElseGet(() -> candidates.best(fitting, given)), given,
                symbol + " " + operand.text());
    }

    private OperatorCall operator(List<Candidate<OperatorInfo>> best, List<Integer> given, String text) {
        if (best.isEmpty()) {
            throw FreshetException.of(ErrorCode.UNDEFINED_FUNCTION, "operator does not exist: " + text)
                    .withHint("No operator matches these operand types: add explicit casts.");
        }
        if (best.size() > 1) {
            throw FreshetException.of(ErrorCode.AMBIGUOUS_NAME, "operator is not unique: " + text)
                    .withHint("Add explicit casts to the operands so that one operator is the best match.");
        }
        Candidate<OperatorInfo> chosen = best.getFirst();
        Polymorphism polymorphism = new Polymorphism(objects);
        List<Integer> declared = polymorphism.resolve(given, chosen.arguments()).orElseThrow(Resolver::undetermined);
        int result = polymorphism.resolve(chosen.target().result(), given, chosen.arguments())
                .orElseThrow(Resolver::undetermined);
        return new OperatorCall(chosen.target(), declared, objects.types().type(result));
    }

    private List<Candidate<OperatorInfo>> operators(Optional<String> schema, String symbol, int operands) {
        List<String> schemas = schema.map(List::of).orElse(path);
        List<Candidate<OperatorInfo>> found = new ArrayList<>();
        Set<List<Integer>> seen = new HashSet<>();
        for (String searched : schemas) {
            for (OperatorInfo operator : objects.operators(symbol)) {
                List<Integer> types = operator.argumentTypes();
                if (operator.schema().equals(searched) && types.size() == operands && seen.add(types)) {
                    found.add(new Candidate<>(operator, types));
                }
            }
        }
        return found;
    }

    /** The overloads that take this many arguments, defaults left out and VARIADIC spread; of equal signatures the first. */
    private static List<Candidate<FunctionInfo>> spread(List<FunctionInfo> overloads, int count, Spread spread) {
        List<Candidate<FunctionInfo>> found = new ArrayList<>();
        List<Candidate<FunctionInfo>> variadic = new ArrayList<>();
        for (FunctionInfo function : overloads) {
            List<Integer> types = function.argumentTypes();
            boolean fixed = spread == Spread.ARRAY
                    ? function.variadicElement().isPresent()
                    : function.variadicElement().isEmpty();
            if (types.size() == count && (fixed || spread == Spread.PLAIN && function.nature().variadic() != Oids.ANY)) {
                found.add(new Candidate<>(function, types));
            } else if (count < types.size() && count >= types.size() - function.defaults() && spread == Spread.PLAIN) {
                found.add(new Candidate<>(function, types.subList(0, count)));
            }
            if (spread == Spread.PLAIN && function.variadicElement().isPresent() && count >= types.size()) {
                List<Integer> expanded = new ArrayList<>(types.subList(0, types.size() - 1));
                expanded.addAll(Collections.nCopies(count - expanded.size(), function.nature().variadic()));
                variadic.add(new Candidate<>(function, expanded));
            }
        }
        Set<List<Integer>> seen = new HashSet<>();
        found.addAll(variadic);
        return found.stream().filter(c -> seen.add(c.arguments())).toList();
    }

    private String functionHint(List<FunctionInfo> overloads, String name) {
        if (!overloads.isEmpty()) {
            return "There is " + overloads.stream().limit(4)
                    .map(f -> f.name() + f.argumentTypes().stream().map(t -> objects.types().type(t).text())
                            .collect(Collectors.joining(", ", "(", ")")))
                    .collect(Collectors.joining(", ")) + (overloads.size() > 4 ? ", .." : "") + ": add explicit casts.";
        }
        return ClosestName.of(name, objects.functionNames()).map(n -> "Perhaps you meant " + n + ".")
                .orElse("No function of this name is on the search path.");
    }

    private static String signature(String name, List<PgType> arguments) {
        return name + arguments.stream().map(PgType::text).collect(Collectors.joining(", ", "(", ")"));
    }

    private static FreshetException undetermined() {
        return FreshetException.of(ErrorCode.INVALID_QUERY,
                "could not determine polymorphic type because input has type unknown")
                .withHint("Cast the untyped literal: CAST('..' AS text).");
    }
}
