-- What a path held last, and what stands below a folder, is asked with every upload and removal.
CREATE INDEX document_change_path ON rag.document_change (repository, path COLLATE "C", id);
