package io.freshet.runtime.sqlapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;

/**
 * A request with its sender. Its arguments are read later, so that a mistake in them can be answered.
 *
 * @param incarnation of the daemon that it was sent to
 * @param role whose rights decide; the database vouches for it
 * @param searchPath the sender's, schemas that exist
 * @param sentAt by the coordinator's clock, as PostgreSQL writes a timestamptz
 */
record Envelope(UUID request, UUID incarnation, String kind, JsonNode arguments, String role, List<String> searchPath,
        String sentAt) {
}
