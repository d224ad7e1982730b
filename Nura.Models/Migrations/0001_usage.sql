-- One row for each call of a model, written once and never changed. Sums are derived from it.
create table usage (
    id uuid primary key,
    at timestamptz not null,
    model text not null,
    provider text not null,
    key text,
    user_name text,
    team text,
    agent text,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cache_read_tokens bigint not null,
    cache_write_5m_tokens bigint not null,
    cache_write_1h_tokens bigint not null,
    estimated boolean not null,
    cost_usd numeric not null,
    price_version text,
    status int not null,
    elapsed_ms double precision not null,
    first_token_ms double precision
);

create index usage_at on usage (at);
create index usage_key_at on usage (key, at);

-- What of a budget's period has been handed out to processes, spent or not. Never more than its limit.
create table budget_grants (
    budget text not null,
    period date not null,
    granted_usd numeric not null,
    primary key (budget, period)
);
