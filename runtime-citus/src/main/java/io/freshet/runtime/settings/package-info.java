/**
 * Settings: each is declared once, in {@link io.freshet.runtime.settings.Setting}, with its name, type, default, limits and documentation.
 * Values come from the database and the command line; what is wrong is refused by name.
 */
@NullMarked
package io.freshet.runtime.settings;

import org.jspecify.annotations.NullMarked;
