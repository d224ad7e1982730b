// What a provider does between configuration and state: plan, resolve, upgrade.
import { hasUnknown, unknown } from './codec.mjs';
import { defaultOf, valueOf } from './identities.mjs';
import { immutable } from './immutable.mjs';

/**
 * Planned state: write-only values become null; what AWS computes and the configuration leaves out is unknown
 * when the object is new, and stays as it is when it exists.
 */
export function planned(block, proposed, config, prior, inSet = false) {
  if (proposed === null || proposed === unknown) return proposed;
  const result = { ...proposed };
  for (const [name, attribute] of Object.entries(block.attributes)) {
    if (attribute.writeOnly) result[name] = null;
    else if (attribute.computed && isNil(config?.[name]) && isNil(result[name])) {
      // Elements of a set have no identity: what only AWS sets is unknown in an element that was not there before.
      result[name] = prior === null || (inSet && !attribute.optional) ? unknown : null;
    }
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    const value = result[name];
    if (Array.isArray(value)) {
      const configs = Array.isArray(config?.[name]) ? config[name] : [];
      result[name] = value.map((element, index) => planned(nested, element, configs[index] ?? null, prior, inSet || nested.nesting === 'set'));
    } else if (value !== null && value !== unknown && typeof value === 'object' && nested.nesting === 'single') {
      result[name] = planned(nested, value, config?.[name] ?? null, prior, inSet);
    }
  }
  return result;
}

/** `tags_all` as the provider computes it: its default tags under the resource's own. */
export function withAllTags(block, state, defaultTags) {
  if (!block.attributes.tags_all || state === null) return state;
  const own = state.tags ?? {};
  const all = own === unknown ? unknown : { ...defaultTags, ...own };
  return { ...state, tags_all: hasUnknown(all) ? unknown : all };
}

/** Attributes whose change replaces the object, as protocol paths. */
export function replacements(type, prior, next) {
  if (prior === null || next === null) return [];
  return (immutable[type] ?? [])
    .filter(name => JSON.stringify(prior[name] ?? null) !== JSON.stringify(next[name] === unknown ? 'unknown' : next[name] ?? null))
    .map(name => ({ steps: [{ attribute_name: name }] }));
}

/** State after apply: every unknown gets the value that AWS would give, made from the object's own content. */
export function resolved(context, block, state, root = state) {
  if (state === null || state === unknown) return null;
  const result = { ...state };
  for (const [name, attribute] of Object.entries(block.attributes)) {
    if (result[name] !== unknown) continue;
    result[name] = attribute.optional ? defaultOf(context, name, root) : valueOf(context, name, attribute.type, root);
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    const value = result[name];
    if (Array.isArray(value)) result[name] = value.map(element => resolved(context, nested, element, root));
    else if (value !== null && typeof value === 'object') result[name] = resolved(context, nested, value, root);
  }
  return result;
}

/** An older state file may lack attributes: they are null until the next apply. */
export function upgraded(block, state) {
  const empty = {};
  for (const name of Object.keys(block.attributes)) empty[name] = null;
  for (const [name, nested] of Object.entries(block.blocks)) empty[name] = nested.nesting === 'single' ? null : [];
  const known = new Set([...Object.keys(block.attributes), ...Object.keys(block.blocks)]);
  return { ...empty, ...Object.fromEntries(Object.entries(state).filter(([name]) => known.has(name))) };
}

const isNil = value => value === null || value === undefined;
