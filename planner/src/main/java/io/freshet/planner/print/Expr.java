package io.freshet.planner.print;

import io.freshet.planner.print.Part.Break;
import io.freshet.planner.print.Part.Column;
import io.freshet.planner.print.Part.Nested;
import io.freshet.planner.print.Part.Query;
import io.freshet.planner.print.Part.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A scalar expression: pieces of text between columns whose qualifiers are not chosen yet.
 *
 * @param weight about how many characters it takes
 */
record Expr(List<Part> parts, Precedence precedence, Set<Trait> traits, int weight) {

    /** What decides where an expression may stand. */
    enum Trait {
        /** A literal or the cast of one: the same wherever it stands. */
        CONSTANT,
        /** A literal whose type PostgreSQL would infer from its surroundings. */
        UNTYPED,
        /** An integer literal: in GROUP BY and ORDER BY, PostgreSQL reads one as a column's number. */
        NUMBER,
        AGGREGATE,
        WINDOW,
        QUERY,
        VOLATILE,
        SET_RETURNING;

        private static final Set<Trait> CONTAGIOUS = Collections
                .unmodifiableSet(EnumSet.of(AGGREGATE, WINDOW, QUERY, VOLATILE, SET_RETURNING));
    }

    static Expr atom(String text) {
        return new Expr(List.of(new Word(text)), Precedence.ATOM, Set.of(), text.length());
    }

    static Expr column(FromItem item, int ordinal) {
        return new Expr(List.of(new Column(item, ordinal)), Precedence.ATOM, Set.of(), 8);
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    Expr with(Trait trait) {
        EnumSet<Trait> more = EnumSet.of(trait);
        more.addAll(traits);
        return new Expr(parts, precedence, Collections.unmodifiableSet(more), weight);
    }

    Expr with(Precedence other) {
        return new Expr(parts, other, traits, weight);
    }

    /** With its type, when it is a literal without one: PostgreSQL's last resort for those is text, too. */
    Expr typed() {
        if (!has(Trait.UNTYPED)) {
            return this;
        }
        return new Builder().add(this).text("::text").build(Precedence.CAST).with(Trait.CONSTANT);
    }

    boolean isColumn() {
        return parts.size() == 1 && parts.getFirst() instanceof Column;
    }

    /** Costs nothing to write twice. */
    boolean isTrivial() {
        return isColumn() || has(Trait.CONSTANT);
    }

    /** This expression where one of at least the given precedence must stand. */
    Expr atLeast(Precedence required) {
        return precedence.isAtLeast(required) ? this : parenthesised();
    }

    Expr parenthesised() {
        return new Builder().text("(").add(this).text(")").build(Precedence.ATOM);
    }

    /** {@code x} of {@code x IS TRUE}: a condition needs to be true anyway. */
    Expr asCondition() {
        boolean isTrue = parts.size() == 2 && parts.getLast().equals(new Word(" IS TRUE"));
        return !isTrue ? this : switch (parts.getFirst()) {
            case Nested nested -> nested.expr().withoutParentheses();
            case Column column -> column(column.item(), column.ordinal());
            default -> this;
        };
    }

    private Expr withoutParentheses() {
        boolean enclosed = parts.size() == 3 && parts.getFirst().equals(new Word("(")) && parts.getLast().equals(new Word(")"));
        return enclosed && parts.get(1) instanceof Nested nested ? nested.expr() : this;
    }

    /** Visits the columns it names, also those inside its queries. */
    void forEachColumn(Consumer<Column> visitor) {
        for (Part part : parts) {
            switch (part) {
                case Column column -> visitor.accept(column);
                case Nested nested -> nested.expr().forEachColumn(visitor);
                case Query query -> query.statement().forEachColumn(visitor);
                case Word ignored -> {
                }
                case Break ignored -> {
                }
            }
        }
    }

    /** Visits the queries in it. */
    void forEachQuery(Consumer<Statement> visitor) {
        for (Part part : parts) {
            switch (part) {
                case Query query -> visitor.accept(query.statement());
                case Nested nested -> nested.expr().forEachQuery(visitor);
                case Column ignored -> {
                }
                case Word ignored -> {
                }
                case Break ignored -> {
                }
            }
        }
    }

    /** Puts an expression together. */
    static final class Builder {
        private final List<Part> parts = new ArrayList<>();
        private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
        private int weight;

        Builder text(String text) {
            parts.add(new Word(text));
            weight += text.length();
            return this;
        }

        Builder add(Expr expr) {
            if (expr.parts.size() == 1 && !(expr.parts.getFirst() instanceof Nested)) {
                parts.add(expr.parts.getFirst());
            } else {
                parts.add(new Nested(expr));
            }
            for (Trait trait : expr.traits) {
                if (Trait.CONTAGIOUS.contains(trait)) {
                    traits.add(trait);
                }
            }
            weight += expr.weight;
            return this;
        }

        Builder list(List<Expr> list) {
            return list(list, ", ");
        }

        Builder list(List<Expr> list, String separator) {
            for (int i = 0; i < list.size(); i++) {
                if (i > 0) {
                    text(separator);
                }
                add(list.get(i));
            }
            return this;
        }

        /** Arguments in parentheses, each on its own line where one is too short. */
        Builder arguments(List<Expr> list) {
            text("(");
            for (int i = 0; i < list.size(); i++) {
                lineBreak(1, i == 0 ? "" : " ").add(list.get(i)).text(i < list.size() - 1 ? "," : "");
            }
            return (list.isEmpty() ? this : lineBreak(0, "")).text(")");
        }

        /** A space, or a line break where the line is too long; a broken line is indented by {@code depth}. */
        Builder space(int depth) {
            return lineBreak(depth, " ");
        }

        private Builder lineBreak(int depth, String flat) {
            parts.add(new Break(depth, flat));
            weight += flat.length();
            return this;
        }

        Builder query(Statement statement) {
            parts.add(new Query(statement));
            traits.add(Trait.QUERY);
            weight += 100;
            return this;
        }

        Builder trait(Trait trait) {
            traits.add(trait);
            return this;
        }

        Expr build(Precedence precedence) {
            return new Expr(List.copyOf(parts), precedence, Collections.unmodifiableSet(EnumSet.copyOf(traits)), weight);
        }
    }
}
