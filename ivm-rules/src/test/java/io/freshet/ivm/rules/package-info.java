/** The algebra of the rules, evaluated on small random relations in the JVM, and what they look like as plans. */
@NullMarked
package io.freshet.ivm.rules;

import org.jspecify.annotations.NullMarked;
