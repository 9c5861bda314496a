/**
 * Delta rules: a plan in, the terms of its delta out, every term a plan whose last column is the row's weight. One operator, one rule,
 * one file; {@link io.freshet.ivm.rules.Differentiator} picks the rule. Knows relational algebra and the change tables' columns;
 * nothing of storage, SQL text or placements.
 */
@NullMarked
package io.freshet.ivm.rules;

import org.jspecify.annotations.NullMarked;
