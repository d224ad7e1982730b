create table api.keys (
    id uuid primary key,
    name text not null check (length(name) between 1 and 200),
    -- SHA-256 of the whole key. The key itself has 256 random bits, so a slow hash would protect nothing more.
    hash bytea not null unique check (length(hash) = 32),
    -- The beginning of the key, for people to tell keys apart.
    prefix text not null,
    admin boolean not null default false,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
