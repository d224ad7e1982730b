create table api.responses (
    id text primary key,
    -- The key whose holder it belongs to; all zeros for the first key.
    owner uuid not null,
    -- The response that this one goes on from. No reference: that one may be deleted or outlived.
    previous_id text,
    -- What was sent with this request alone: a JSON list of items.
    input text not null,
    -- The response as it was given: a JSON object.
    response text not null,
    created_at timestamptz not null
);

create index responses_created_at on api.responses (created_at);
