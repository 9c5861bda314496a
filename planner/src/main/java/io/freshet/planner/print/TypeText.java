package io.freshet.planner.print;

import org.apache.calcite.rel.type.RelDataType;

/** A type as PostgreSQL writes it. */
@FunctionalInterface
interface TypeText {
    String of(RelDataType type);
}
