/**
 * How stream tables come and go: checks before anything is made, storage, publication, slots, and the removal of all of it.
 */
@NullMarked
package io.freshet.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
