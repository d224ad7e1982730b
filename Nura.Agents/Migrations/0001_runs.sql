create table agents.runs (
    id uuid primary key,
    agent text not null,
    state text not null check (state in ('running', 'completed', 'failed', 'stopped')),
    -- The process that works on it, and until when it is believed to be alive.
    owner uuid not null,
    lease_until timestamptz not null,
    stop_requested boolean not null default false,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    check ((state = 'running') = (ended_at is null))
);

create index runs_lease on agents.runs (lease_until) where state = 'running';
create index runs_ended on agents.runs (ended_at) where state <> 'running';

create table agents.run_events (
    run_id uuid not null references agents.runs (id) on delete cascade,
    id bigint not null check (id > 0),
    name text not null,
    -- Exactly the text sent to readers; jsonb would reorder it and refuse escaped NULs.
    data text not null,
    primary key (run_id, id)
);
