/**
 * Real servers for tests: an embedded PostgreSQL, which is always there, and a Citus cluster from an installation or from Docker. Tests take
 * a {@link io.freshet.it.cluster.DatabaseExtension}, which gives each class an empty database; what was started is stopped when the JVM ends.
 */
@NullMarked
package io.freshet.it.cluster;

import org.jspecify.annotations.NullMarked;
