package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.functions.Coercions;
import io.freshet.planner.functions.CommonTypes;
import io.freshet.planner.functions.Resolver;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.types.PgType;

/** What every step of the analysis of one query text shares. */
final class Environment {
    private final Catalog catalog;
    private final Rex rex;
    private final Positions positions;
    private final FunctionLog functionLog;
    private final Resolver resolver;
    private final CommonTypes commonTypes;
    private final Coercions coercions;

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
