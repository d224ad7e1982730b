-- The unit is the git blob: content known once is never read, split or embedded again, whatever branch, copy or commit it appears in.
CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;

CREATE TABLE rag.repository (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    -- Without credentials.
    source text NOT NULL,
    ref text,
    -- The searchable commit. It changes only together with the rows of rag.tree.
    commit text,
    generation bigint NOT NULL DEFAULT 0,
    files bigint NOT NULL DEFAULT 0,
    chunks bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    indexed_at timestamptz
);
CREATE UNIQUE INDEX repository_name ON rag.repository (lower(name));
CREATE UNIQUE INDEX repository_source ON rag.repository (source, coalesce(ref, ''));

CREATE TABLE rag.blob (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    oid text NOT NULL,
    -- The same bytes are split differently in another language.
    language text NOT NULL,
    -- Of splitter and tokenizer; a new format stands beside the old one.
    format int NOT NULL,
    chunks int NOT NULL,
    bytes bigint NOT NULL,
    -- Why it is not indexed, if it is not.
    reason text,
    -- Terms and their counts per chunk, as Nura.Rag.Ranking.BlobTerms writes them.
    terms bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (oid, language, format)
);

CREATE TABLE rag.chunk (
    blob bigint NOT NULL REFERENCES rag.blob ON DELETE CASCADE,
    ordinal int NOT NULL,
    start_line int NOT NULL,
    end_line int NOT NULL,
    symbol text,
    content text NOT NULL,
    PRIMARY KEY (blob, ordinal)
);

-- Every file of a repository's searchable commit: with a blob, or with the reason why not.
CREATE TABLE rag.tree (
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    path text NOT NULL,
    blob bigint REFERENCES rag.blob,
    failed boolean NOT NULL DEFAULT false,
    reason text,
    PRIMARY KEY (repository, path)
);
CREATE INDEX tree_blob ON rag.tree (blob);

-- Vectors by the hash of what was embedded: a rename or a second copy of a repository costs nothing.
CREATE TABLE rag.embedding (
    model text NOT NULL,
    content_hash bytea NOT NULL,
    value public.halfvec NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, content_hash)
);

-- Work to do and done. A row is claimed with FOR UPDATE SKIP LOCKED and kept by heartbeats; the fence tells a late writer that its work was taken over.
CREATE TABLE rag.index_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('queued', 'fetching', 'indexing', 'ready', 'failed')),
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    files_total bigint NOT NULL DEFAULT 0,
    files_done bigint NOT NULL DEFAULT 0,
    files_skipped bigint NOT NULL DEFAULT 0,
    files_failed bigint NOT NULL DEFAULT 0,
    fetched_percent double precision,
    error text,
    queued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX index_run_queued ON rag.index_run (repository) WHERE state = 'queued';
CREATE INDEX index_run_open ON rag.index_run (queued_at) WHERE state IN ('queued', 'fetching', 'indexing');
CREATE INDEX index_run_repository ON rag.index_run (repository, id DESC);
