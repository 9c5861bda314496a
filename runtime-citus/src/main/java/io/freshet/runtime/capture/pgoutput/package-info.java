/**
 * The logical replication protocol of PostgreSQL's {@code pgoutput} plugin: bytes of one message in, one {@link
 * io.freshet.runtime.capture.pgoutput.PgOutputMessage} out. Knows nothing of transactions, snapshots or sources; depends on nothing of
 * this project. LSNs are {@code long}s here, as they are sent: unsigned byte offsets.
 */
@NullMarked
package io.freshet.runtime.capture.pgoutput;

import org.jspecify.annotations.NullMarked;
