/**
 * What the daemon sees of the nodes, for people. In: every node's slot and the state of its stream. Out: rows of {@code pgt_node_states} and
 * {@code pgt_daemon_state}, which the views of {@code 004_health.sql} judge. Nothing reads them to decide anything.
 */
@NullMarked
package io.freshet.runtime.health;

import org.jspecify.annotations.NullMarked;
