package io.freshet.planner.print;

import java.util.List;

/** What a scalar expression of the plan can name: the fields of its operator's input, and what lies outside. */
record Row(List<Expr> fields, Scope scope) {
}
