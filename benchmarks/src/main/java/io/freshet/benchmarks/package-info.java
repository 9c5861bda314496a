/**
 * JMH benchmarks, and whole-system ones with a {@code main} of their own. Figures and their conditions are in {@code docs/benchmarks.md}.
 */
@NullMarked
package io.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
