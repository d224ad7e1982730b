-- A further ref of a repository is a row of its own that shares the parent's mirror: its own tree, runs and commit, blobs known already.
ALTER TABLE rag.repository ADD COLUMN parent uuid REFERENCES rag.repository ON DELETE CASCADE;
CREATE INDEX repository_parent ON rag.repository (parent);
DROP INDEX rag.repository_source;
CREATE UNIQUE INDEX repository_source ON rag.repository (source, coalesce(ref, ''), coalesce(parent, '00000000-0000-0000-0000-000000000000'));

-- The rules its tree was made with; a push is indexed by what it changes only while they are the same.
ALTER TABLE rag.repository ADD COLUMN rules text;
-- From this generation on rag.tree_change holds every change of the tree.
ALTER TABLE rag.repository ADD COLUMN changes_since bigint NOT NULL DEFAULT 0;
-- The generation of the last change of the history.
ALTER TABLE rag.repository ADD COLUMN history_generation bigint NOT NULL DEFAULT 0;
-- What a git server proves its pushes with.
ALTER TABLE rag.repository ADD COLUMN webhook_secret text;

-- Which paths recent generations changed, so that memory follows at the cost of the change.
CREATE TABLE rag.tree_change (
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    generation bigint NOT NULL,
    path text NOT NULL,
    PRIMARY KEY (repository, generation, path)
);

-- A run that only follows the source ends at once if nothing moved; one that a user asked for looks at every file.
ALTER TABLE rag.index_run ADD COLUMN follow boolean NOT NULL DEFAULT false;
ALTER TABLE rag.index_run DROP CONSTRAINT index_run_state_check;
ALTER TABLE rag.index_run ADD CONSTRAINT index_run_state_check CHECK (state IN ('queued', 'fetching', 'indexing', 'ready', 'failed', 'paused', 'cancelled'));
CREATE UNIQUE INDEX index_run_paused ON rag.index_run (repository) WHERE state = 'paused';
