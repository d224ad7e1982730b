-- What moves questions for the embedding model, as Nura.Rag.Dense.QueryAdapter writes it, where self-evaluation found that it helps.
CREATE TABLE rag.query_adapter (
    repository uuid PRIMARY KEY REFERENCES rag.repository ON DELETE CASCADE,
    model text NOT NULL,
    dimensions int NOT NULL,
    value bytea NOT NULL
);
ALTER TABLE rag.query_adapter ALTER COLUMN value SET STORAGE EXTERNAL;
