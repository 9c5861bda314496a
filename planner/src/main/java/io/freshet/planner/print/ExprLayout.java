package io.freshet.planner.print;

import io.freshet.planner.print.Layout.Columns;
import io.freshet.planner.print.Part.Break;
import io.freshet.planner.print.Part.Column;
import io.freshet.planner.print.Part.Nested;
import io.freshet.planner.print.Part.Query;
import io.freshet.planner.print.Part.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes expressions and lists of them: on one line while that is short, else one per line. */
final class ExprLayout {
    private static final int WIDTH = 100;
    private static final int SHORT_QUERY = 60;

    private final Aliases aliases;
    private final Layout layout;

    ExprLayout(Aliases aliases, Layout layout) {
        this.aliases = aliases;
        this.layout = layout;
    }

    Lines lines(Expr expr) {
        if (room(expr, WIDTH) < 0) {
            return broken(expr);
        }
        Lines flat = flat(expr);
        return flat.fits(WIDTH) ? flat : broken(expr);
    }

    /**
     * At most what is left of {@code width} characters behind the expression, names and queries taken for very short; negative when it
     * cannot fit. Does not look further then: a chain of thousands of operators is not written out at each of its levels to be measured.
     */
    private static int room(Expr expr, int width) {
        int room = width;
        for (Part part : expr.parts()) {
            room -= switch (part) {
                case Word word -> word.text().length();
                case Break lineBreak -> lineBreak.flat().length();
                case Column ignored -> 1;
                case Query ignored -> 1;
                case Nested ignored -> 0;
            };
        }
        for (Part part : expr.parts()) {
            if (room >= 0 && part instanceof Nested nested) {
                room = room(nested.expr(), room);
            }
        }
        return room;
    }

    /** The expression's only column with its table's name, whether it needs one or not. */
    Lines qualified(Expr column) {
        Column only = (Column) column.parts().getFirst();
        return Lines.of(qualifier(only.item()) + "." + name(only));
    }

    /** {@code KEYWORD a, b}, or one item per line. */
    Lines list(String keyword, List<Lines> items) {
        List<Lines> separated = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            separated.add(i < items.size() - 1 ? items.get(i).then(",") : items.get(i));
        }
        if (items.stream().allMatch(item -> item.fits(WIDTH))) {
            String line = keyword + " " + separated.stream().map(Lines::text).collect(Collectors.joining(" "));
            if (line.length() <= WIDTH) {
                return Lines.of(line);
            }
        }
        if (items.size() == 1) {
            return Lines.of(keyword + " ").then(items.getFirst());
        }
        Lines all = Lines.of(keyword);
        for (Lines item : separated) {
            all = all.newLine(item.indented());
        }
        return all;
    }

    /** {@code KEYWORD a AND b}, or one condition per line. */
    Lines conjunction(String keyword, List<Expr> conditions) {
        List<Lines> lines = conditions.stream().map(c -> lines(conditions.size() > 1 ? c.atLeast(Precedence.AND) : c)).toList();
        Lines flat = Lines.of(keyword + " ");
        for (int i = 0; i < lines.size(); i++) {
            flat = (i == 0 ? flat : flat.then(" AND ")).then(lines.get(i));
        }
        if (flat.fits(WIDTH)) {
            return flat;
        }
        Lines all = Lines.of(keyword + " ").then(lines.getFirst());
        for (Lines line : lines.subList(1, lines.size())) {
            all = all.newLine(Lines.of("AND ").then(line).indented());
        }
        return all;
    }

    private Lines flat(Expr expr) {
        return put(expr, this::flat);
    }

    private Lines put(Expr expr, Function<Expr, Lines> inner) {
        Lines lines = new Lines(List.of());
        for (Part part : expr.parts()) {
            lines = switch (part) {
                case Word word -> lines.then(word.text());
                case Column column -> lines.then(column(column));
                case Nested nested -> lines.then(inner.apply(nested.expr()));
                case Break lineBreak -> lineBreak.flat().isEmpty() ? lines : lines.then(lineBreak.flat());
                case Query query -> lines.then(query(query.statement()));
            };
        }
        return lines;
    }

    /** Every break of this expression becomes a line; the expressions inside decide for themselves. */
    private Lines broken(Expr expr) {
        if (expr.parts().stream().noneMatch(Break.class::isInstance)) {
            return put(expr, this::lines);
        }
        Lines all = new Lines(List.of());
        Lines line = new Lines(List.of());
        int depth = 0;
        for (Part part : expr.parts()) {
            if (part instanceof Break lineBreak) {
                all = all.newLine(indented(line, depth));
                line = new Lines(List.of());
                depth = lineBreak.depth();
            } else {
                line = line.then(put(new Expr(List.of(part), expr.precedence(), expr.traits(), expr.weight()), this::lines));
            }
        }
        return all.newLine(indented(line, depth));
    }

    private static Lines indented(Lines lines, int depth) {
        Lines result = lines;
        for (int i = 0; i < depth; i++) {
            result = result.indented();
        }
        return result;
    }

    private Lines query(Statement statement) {
        Lines lines = layout.statement(statement, Columns.unnamed(Usage.width(statement)));
        boolean commented = lines.lines().stream().anyMatch(line -> line.stripLeading().startsWith("--"));
        String oneLine = "("
                + lines.lines().stream().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" "))
                + ")";
        return !commented && oneLine.length() <= SHORT_QUERY ? new Lines(List.of(oneLine)) : lines.inParentheses();
    }

    private String column(Column column) {
        return aliases.isBare(column.item()) ? name(column) : qualifier(column.item()) + "." + name(column);
    }

    private static String name(Column column) {
        return Quoting.identifier(column.item().columns().get(column.ordinal()));
    }

    /** The alias; a table that has none is called by its name. */
    private String qualifier(FromItem item) {
        if (!aliases.isBare(item)) {
            return Quoting.identifier(aliases.of(item));
        }
        return Quoting.identifier(switch (item.source()) {
            case FromItem.Source.Named named -> named.relation().table().name();
            case FromItem.Source.Recursion recursion -> recursion.name();
            case FromItem.Source.Written ignored -> aliases.of(item);
            case FromItem.Source.Derived ignored -> aliases.of(item);
            case FromItem.Source.Function ignored -> aliases.of(item);
        });
    }
}
