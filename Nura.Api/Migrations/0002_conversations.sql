create table api.sessions (
    -- SHA-256 of the cookie's token.
    hash bytea primary key check (length(hash) = 32),
    -- The key that signed in: revoking it ends the session.
    key_hash bytea not null check (length(key_hash) = 32),
    expires_at timestamptz not null
);

create index sessions_expires_at on api.sessions (expires_at);

create table api.conversations (
    id uuid primary key,
    -- The key whose holder it belongs to; all zeros for the first key.
    owner uuid not null,
    title text not null check (length(title) between 1 and 200),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index conversations_owner on api.conversations (owner, updated_at desc);

create table api.turns (
    id bigint generated always as identity primary key,
    conversation_id uuid not null references api.conversations (id) on delete cascade,
    question text not null,
    -- The run that answers; its log in the agents service is the answer.
    run_id uuid not null,
    created_at timestamptz not null default now()
);

create index turns_conversation on api.turns (conversation_id, id);
