-- Whose mirrors may be deleted, whenever: an identity is never given again. A folder of mirrors may hold those of another database.
CREATE TABLE rag.removed_repository (
    id uuid PRIMARY KEY,
    removed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
