/**
 * The way in: a definition and a catalog become storage, programs and their explanation.
 * {@link io.freshet.ivm.compiler.StreamTableCompiler} decides; {@code analysis} knows, {@code program} writes.
 */
@NullMarked
package io.freshet.ivm.compiler;

import org.jspecify.annotations.NullMarked;
