-- What its owner said of the answer; null until then.
alter table api.turns add column good boolean;

-- The same for reports, without who said it and of what: it stays when the conversation is deleted.
create table api.ratings (
    run_id uuid primary key,
    agent text not null,
    -- Empty when unknown.
    model text not null,
    -- The team of whoever rated, of that time; null for none.
    team text,
    good boolean not null,
    rated_at timestamptz not null default now()
);

create index ratings_rated_at on api.ratings (rated_at);
