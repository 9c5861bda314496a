-- How each node's changes are read.

ALTER TABLE pgtrickle.pgt_node_states ADD COLUMN capture text;
COMMENT ON COLUMN pgtrickle.pgt_node_states.capture IS
    'streaming: over a replication connection; polling: by peeking at the slot through the coordinator';
