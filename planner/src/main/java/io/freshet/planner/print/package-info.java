/**
 * Plans and names as PostgreSQL text. {@link io.freshet.planner.print.Quoting} is the one place that quotes: every identifier and every
 * literal of every SQL text of the project passes it. {@link io.freshet.planner.print.SqlPrinter} writes a plan as the SELECT a person
 * would have written. Plans come in, text goes out; nothing here looks at a server.
 */
@NullMarked
package io.freshet.planner.print;

import org.jspecify.annotations.NullMarked;
