SELECT "Id", "select", "a ""b"
FROM "Odd Schema"."Mixed ""Case"
WHERE "select" = E'it''s\na \\ "test"'
