// The data source aws_iam_policy_document: statements in, JSON out, merged as the provider merges them.

const single = list => (list.length === 1 ? list[0] : list);
const given = list => Array.isArray(list) && list.length > 0;

function principals(blocks) {
  if (blocks.some(block => block.type === '*')) return '*';
  const byType = {};
  for (const { type, identifiers } of blocks) byType[type] = [...(byType[type] ?? []), ...identifiers];
  return Object.fromEntries(Object.entries(byType).map(([type, list]) => [type, single(list.sort())]));
}

function conditions(blocks) {
  const result = {};
  for (const { test, variable, values } of blocks) (result[test] ??= {})[variable] = single(values);
  return result;
}

function statement(block) {
  const result = {};
  if (block.sid) result.Sid = block.sid;
  result.Effect = block.effect ?? 'Allow';
  if (given(block.actions)) result.Action = single([...block.actions].sort());
  if (given(block.not_actions)) result.NotAction = single([...block.not_actions].sort());
  if (given(block.resources)) result.Resource = single([...block.resources].sort());
  if (given(block.not_resources)) result.NotResource = single([...block.not_resources].sort());
  if (given(block.principals)) result.Principal = principals(block.principals);
  if (given(block.not_principals)) result.NotPrincipal = principals(block.not_principals);
  if (given(block.condition)) result.Condition = conditions(block.condition);
  return result;
}

/** The document as an object; throws when two source statements share a sid, as the provider does. */
export function policyDocument(config) {
  const own = (config.statement ?? []).map(statement);
  const sources = (config.source_policy_documents ?? []).flatMap(text => [JSON.parse(text).Statement].flat());
  const sids = sources.map(s => s.Sid).filter(Boolean);
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice) throw new Error(`duplicate Sid (${twice}) in source_policy_documents`);
  let merged = [...sources.filter(s => !s.Sid || !own.some(o => o.Sid === s.Sid)), ...own];
  for (const text of config.override_policy_documents ?? []) {
    for (const override of [JSON.parse(text).Statement].flat()) {
      merged = [...merged.filter(s => !override.Sid || s.Sid !== override.Sid), override];
    }
  }
  return { Version: config.version ?? '2012-10-17', ...(config.policy_id && { Id: config.policy_id }), Statement: merged };
}
