-- When files began to be read: the rate leaves the fetch out.
ALTER TABLE rag.index_run ADD COLUMN indexing_at timestamptz;
