/**
 * What users get wrong: each mistake is one clear error, and leaves nothing behind.
 */
@NullMarked
package io.freshet.it.input;

import org.jspecify.annotations.NullMarked;
