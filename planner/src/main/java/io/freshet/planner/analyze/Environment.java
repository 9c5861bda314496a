package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.functions.Coercions;
import io.freshet.planner.functions.CommonTypes;
import io.freshet.planner.functions.Resolver;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.types.PgType;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.calcite.sql.parser.SqlParserPos;

/** What every step of the analysis of one query text shares. */
final class Environment {
    private final Catalog catalog;
    private final Rex rex;
    private final Positions positions;
    private final FunctionLog functionLog;
    private final Resolver resolver;
    private final CommonTypes commonTypes;
    private final Coercions coercions;
    private Optional<SourcePosition> place = Optional.empty();
    Environment(Catalog catalog, Rex rex, Positions positions, FunctionLog functionLog) {
        this.catalog = catalog;
        this.rex = rex;
        this.positions = positions;
        this.functionLog = functionLog;
        this.resolver = new Resolver(catalog.objects(), catalog.searchPath());
        this.commonTypes = new CommonTypes(catalog.objects());
        this.coercions = new Coercions(catalog.objects());
    }

    Catalog catalog() {
        return catalog;
    }

    ServerObjects objects() {
        return catalog.objects();
    }

    Rex rex() {
        return rex;
    }

    Positions positions() {
        return positions;
    }
    /** Where the expression stands that is being built. */
    Optional<SourcePosition> place() {
        return place;
    }

    /** Runs {@code build} with {@link #place} being {@code pos}. */
    <T> T at(SqlParserPos pos, Supplier<T> build) {
        Optional<SourcePosition> outer = place;
        place = positions.of(pos);
        try {
            return build.get();
        } catch (FreshetException e) {
            throw positions.locate(e, pos);
        } finally {
            place = outer;
        }
    }

    FunctionLog functionLog() {
        return functionLog;
    }

    Resolver resolver() {
        return resolver;
    }

    CommonTypes commonTypes() {
        return commonTypes;
    }

    Coercions coercions() {
        return coercions;
    }

    /** @throws FreshetException UNDEFINED_TYPE without position */
    PgType type(PgTypeName name) {
        return objects().types().resolve(name, catalog.searchPath()).orElseThrow(
                () -> FreshetException.of(ErrorCode.UNDEFINED_TYPE,
                        "type \"" + String.join(".", name.name()) + "\" does not exist"));
    }
}
