/**
 * The command line: one class per command. Options come in, text for people or JSON for programs goes out, and the exit code tells the
 * kind of error. What a command does lies in other packages.
 */
@NullMarked
package io.freshet.runtime.cli;

import org.jspecify.annotations.NullMarked;
