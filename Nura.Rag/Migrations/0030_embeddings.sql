-- The table of the first migration was never written to. Vectors stand by repository, so that its nearest ones are found among its own
-- and no other's: each big repository has an index of its own (Nura.Rag.Embeddings.NearIndexes).
DROP TABLE rag.embedding;

-- What is embedded of a chunk, whatever model does it; the same text has the same vector wherever it stands.
CREATE TABLE rag.chunk_hash (
    blob bigint NOT NULL REFERENCES rag.blob ON DELETE CASCADE,
    ordinal int NOT NULL,
    content_hash bytea NOT NULL,
    PRIMARY KEY (blob, ordinal)
);
CREATE INDEX chunk_hash_content ON rag.chunk_hash (content_hash);

CREATE TABLE rag.embedding (
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    model text NOT NULL,
    content_hash bytea NOT NULL,
    -- One long.
    value public.halfvec NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (repository, model, content_hash)
);
-- In the row itself: 1,024 numbers are just too long for that by default, and every comparison would fetch them from elsewhere.
ALTER TABLE rag.embedding ALTER COLUMN value SET STORAGE PLAIN;
-- A vector that another repository has is copied, not computed.
CREATE INDEX embedding_content ON rag.embedding (model, content_hash);

-- How long a model's vectors are, as its first answer had them.
CREATE TABLE rag.embedding_model (
    model text PRIMARY KEY,
    dimensions int NOT NULL
);

-- How far a repository's vectors are, further refs included. Claimed like a run.
CREATE TABLE rag.embedding_work (
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    model text NOT NULL,
    -- The generations of the repository and its refs when everything had its vector last.
    done text,
    -- Whether every chunk has been tried once: vectors of half a repository would rank the other half down.
    searchable boolean NOT NULL DEFAULT false,
    -- Whether it has an index of its own.
    near boolean NOT NULL DEFAULT false,
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    chunks_total bigint NOT NULL DEFAULT 0,
    chunks_done bigint NOT NULL DEFAULT 0,
    chunks_failed bigint NOT NULL DEFAULT 0,
    failures int NOT NULL DEFAULT 0,
    error text,
    retry_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (repository, model)
);
