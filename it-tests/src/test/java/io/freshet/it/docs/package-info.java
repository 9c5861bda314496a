/**
 * Documents that are made from code, held equal to it.
 */
@NullMarked
package io.freshet.it.docs;

import org.jspecify.annotations.NullMarked;
