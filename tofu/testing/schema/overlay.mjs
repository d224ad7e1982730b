// What the published bindings do not say, written by hand from the provider's public documentation.

const text = (flag = 'optional') => ({ type: 'string', [flag]: true });
const number = (flag = 'optional') => ({ type: 'number', [flag]: true });
const flag = (mode = 'optional') => ({ type: 'bool', [mode]: true });
const block = (attributes = {}, blocks = {}, min = 0, max = 1, nesting = 'list') => ({ nesting, min, max, attributes, blocks });

/** Provider configuration: only what our roots set. Anything else is reported as unsupported. */
export const provider = {
  attributes: {
    region: text(),
    allowed_account_ids: { type: ['set', 'string'], optional: true },
  },
  blocks: { default_tags: block({ tags: { type: ['map', 'string'], optional: true } }) },
};

/** Ephemeral resources have no bindings at all. */
export const ephemeral = {
  aws_secretsmanager_random_password: {
    attributes: {
      region: { type: 'string', optional: true, computed: true },
      password_length: number(),
      exclude_characters: text(),
      exclude_lowercase: flag(),
      exclude_numbers: flag(),
      exclude_punctuation: flag(),
      exclude_uppercase: flag(),
      include_space: flag(),
      require_each_included_type: flag(),
      random_password: { type: 'string', computed: true, sensitive: true },
    },
    blocks: {},
  },
  aws_secretsmanager_secret_version: {
    attributes: {
      region: { type: 'string', optional: true, computed: true },
      secret_id: text('required'),
      version_id: { type: 'string', optional: true, computed: true },
      version_stage: { type: 'string', optional: true, computed: true },
      arn: text('computed'),
      created_date: text('computed'),
      secret_binary: { type: 'string', computed: true, sensitive: true },
      secret_string: { type: 'string', computed: true, sensitive: true },
      version_stages: { type: ['list', 'string'], computed: true },
    },
    blocks: {},
  },
};

// A WAF statement contains statements, so the bindings give up and call it "any". Two levels are enough
// for every rule one may write by hand: AWS itself refuses deeper nesting of rate and managed rules.
const fieldToMatch = () => block({}, {
  uri_path: block(), method: block(), query_string: block(),
  body: block({ oversize_handling: text() }), single_header: block({ name: text('required') }),
});
const transformation = () => block({ priority: number('required'), type: text('required') }, {}, 1, 0, 'set');
const leaves = () => ({
  geo_match_statement: block({ country_codes: { type: ['list', 'string'], required: true } }),
  ip_set_reference_statement: block({ arn: text('required') }),
  label_match_statement: block({ key: text('required'), scope: text('required') }),
  byte_match_statement: block({ positional_constraint: text('required'), search_string: text('required') },
    { field_to_match: fieldToMatch(), text_transformation: transformation() }),
  size_constraint_statement: block({ comparison_operator: text('required'), size: number('required') },
    { field_to_match: fieldToMatch(), text_transformation: transformation() }),
});
const action = min => block({}, { allow: block(), block: block(), count: block(), captcha: block(), challenge: block() }, min);
const group = depth => block({}, { statement: { ...statement(depth), min: 1, max: 0 } });
function statement(depth) {
  const compound = depth === 0 ? {} : {
    managed_rule_group_statement: block({ name: text('required'), vendor_name: text('required'), version: text() }, {
      rule_action_override: block({ name: text('required') }, { action_to_use: action(1) }, 0, 0),
      scope_down_statement: statement(depth - 1),
    }),
    rate_based_statement: block({ limit: number('required'), aggregate_key_type: text(), evaluation_window_sec: number() },
      { scope_down_statement: statement(depth - 1) }),
    and_statement: group(depth - 1),
    or_statement: group(depth - 1),
    not_statement: block({}, { statement: { ...statement(depth - 1), min: 1, max: 1 } }),
  };
  return block({}, { ...leaves(), ...compound });
}

const secretName = /(^|_)(password|secret_string|secret_binary|auth_token|secret_key|random_password)$/;

/** Applies the corrections to one extracted schema, in place. */
export function correct(type, schema) {
  if (type === 'aws_wafv2_web_acl') {
    delete schema.blocks.rule.attributes.statement;
    schema.blocks.rule.blocks.statement = { ...statement(2), min: 1 };
  }
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (attribute.type !== 'string') continue;
    if (name.endsWith('_wo')) attribute.writeOnly = attribute.sensitive = true;
    else if (secretName.test(name)) attribute.sensitive = true;
  }
  return schema;
}
