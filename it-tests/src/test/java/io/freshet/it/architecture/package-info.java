/**
 * The arrows between modules and packages, and the house rules that bytecode shows.
 */
@NullMarked
package io.freshet.it.architecture;

import org.jspecify.annotations.NullMarked;
