-- What past commits say about files: the words of their messages and changes. Only commits that the searchable commit descends from.
CREATE TABLE rag.commit_doc (
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    sha text NOT NULL,
    format int NOT NULL,
    committed_at timestamptz NOT NULL,
    subject text NOT NULL,
    -- Paths after the commit.
    files text[] NOT NULL,
    -- Old and new path in turn, for files it moved.
    renames text[] NOT NULL,
    -- As in rag.blob, one chunk; absent if the commit touches too many files to say something about each.
    terms bytea,
    PRIMARY KEY (repository, sha)
);
