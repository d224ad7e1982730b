-- Answers that are given again to questions which mean the same. A cache: rows may be deleted at any time.
create extension if not exists vector schema public;

create table semantic_answers (
    id uuid primary key,
    caller text not null,
    -- SHA-256 over everything in the request but its last question. Vectors of one guard are of one embedding model.
    guard bytea not null,
    question public.vector not null,
    model text not null,
    content_type text not null,
    body bytea not null,
    until timestamptz not null
);

create index semantic_answers_guard on semantic_answers (caller, guard);
create index semantic_answers_until on semantic_answers (caller, until);
