/** What tests of several packages share. */
@NullMarked
package io.freshet.planner.testing;

import org.jspecify.annotations.NullMarked;
