SELECT NULL::integer AS id, NULL::text AS name, NULL::integer AS region_id
WHERE FALSE
