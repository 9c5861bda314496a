/**
 * What users ask of the runtime: create, drop, refresh, verify, status. The command line and the SQL functions call it.
 */
@NullMarked
package io.freshet.runtime.service;

import org.jspecify.annotations.NullMarked;
