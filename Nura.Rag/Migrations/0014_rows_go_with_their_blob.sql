-- Chunks and symbols are written in the statement that writes their blob, and at no other time, so looking the blob up again for each of
-- their rows is wasted. What is left of the foreign keys is that they go with it.
ALTER TABLE rag.chunk DROP CONSTRAINT chunk_blob_fkey;
ALTER TABLE rag.symbol DROP CONSTRAINT symbol_blob_fkey;

CREATE FUNCTION rag.forget_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rag.chunk c USING gone WHERE c.blob = gone.id;
    DELETE FROM rag.symbol s USING gone WHERE s.blob = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_blobs AFTER DELETE ON rag.blob REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION rag.forget_blobs();
