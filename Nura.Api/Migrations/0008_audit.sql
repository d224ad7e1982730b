-- Who changed what, or signed in. Names are those of the time: what they name may have been removed since.
create table api.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    -- A key, a person, or all zeros for the first key.
    actor uuid not null,
    actor_name text not null,
    action text not null,
    subject text,
    name text,
    detail text
);

create index audit_at on api.audit (at);
