-- How often an epoch had to choose its cut anew, because the one it had saw one part of a distributed transaction and missed another.

ALTER TABLE pgtrickle.pgt_epochs ADD COLUMN torn_cuts integer NOT NULL DEFAULT 0;
