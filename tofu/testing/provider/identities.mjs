// Names, ids and ARNs in the form that AWS gives them. Everything is derived from the object's own content,
// so that the same configuration always gets the same state.
import { createHash } from 'node:crypto';
import { unknown } from './codec.mjs';
import { arns, ids } from './identity-tables.mjs';
import { answers } from './computed-answers.mjs';

export const account = '123456789012';

export const digest = (text, length = 12) => createHash('sha256').update(text).digest('hex').slice(0, length);

/** UUID form, as KMS keys and certificates carry it. */
export function uuid(text) {
  const hex = digest(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const seedOf = (type, state) => type + JSON.stringify(state, (_, value) => (value === unknown ? null : value));
const known = value => (value === unknown || value === null || value === undefined ? undefined : value);

function identityOf({ type, region }, state) {
  const seed = seedOf(type, state);
  const own = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, known(value)]));
  const object = { ...own, region: own.region ?? region, account, seed, hash: digest(seed), uuid: uuid(seed) };
  const id = ids[type] ? ids[type](object) : object.name ?? `${type.replace(/^aws_/, '').replaceAll('_', '-')}-${object.hash}`;
  const service = type.replace(/^aws_/, '').split('_')[0];
  const arn = arns[type] ? arns[type]({ ...object, id }) : `arn:aws:${service}:${object.region}:${account}:${type.replace(/^aws_/, '')}/${id}`;
  return { ...object, id, arn };
}

/** Value of an attribute that only AWS sets. */
export function valueOf(context, name, type, state) {
  const object = identityOf(context, state);
  const special = answers[context.type]?.[name] ?? answers.any[name];
  if (special) return special(object);
  if (type === 'string') return name.endsWith('_arn') ? `${object.arn}/${name.replace(/_arn$/, '')}` : `${object.id}-${name.replaceAll('_', '-')}`;
  if (type === 'number') return 0;
  if (type === 'bool') return false;
  if (Array.isArray(type) && type[0] === 'map') return {};
  return Array.isArray(type) && ['list', 'set'].includes(type[0]) ? [] : null;
}

/**
 * Value of an attribute that one may set and did not. Only identity is filled in; all else stays null,
 * so that a policy never takes an invented default for a decision somebody made.
 */
export function defaultOf(context, name, state) {
  const object = identityOf(context, state);
  if (name === 'id') return object.id;
  if (name === 'region') return object.region;
  return answers[context.type]?.[name]?.(object) ?? null;
}
