// Checks that the provider's own code makes and its schema does not carry.
import { rules } from './validation-rules.mjs';
import { unknown } from './codec.mjs';

const known = value => value !== null && value !== undefined && value !== unknown && value !== '';

function* valuesAt(object, path) {
  const [head, ...rest] = path;
  const value = object?.[head];
  if (rest.length === 0) yield value;
  else for (const element of Array.isArray(value) ? value : [value]) if (element && element !== unknown) yield* valuesAt(element, rest);
}

/** Diagnostics for one resource's configuration. */
export function diagnose(type, config) {
  const found = [];
  const error = (attribute, detail) => found.push({
    severity: 'ERROR', summary: `Invalid ${type}`, detail: `${attribute}: ${detail}`,
    attribute: { steps: [{ attribute_name: attribute.split('.')[0] }] },
  });
  const { oneOf = {}, matches = {}, conflicts = [], exactlyOne = [], between = {} } = rules[type] ?? {};
  for (const [path, allowed] of Object.entries(oneOf)) {
    for (const value of valuesAt(config, path.split('.'))) {
      for (const element of [value].flat()) {
        if (known(element) && !allowed.includes(element)) error(path, `"${element}" is not one of ${allowed.join(', ')}.`);
      }
    }
  }
  for (const [path, [pattern, what]] of Object.entries(matches)) {
    for (const value of valuesAt(config, path.split('.'))) if (known(value) && !pattern.test(value)) error(path, `"${value}" is not ${what}.`);
  }
  for (const [path, [low, high]] of Object.entries(between)) {
    for (const value of valuesAt(config, path.split('.'))) {
      if (known(value) && (value < low || value > high)) error(path, `${value} is not between ${low} and ${high}.`);
    }
  }
  for (const names of conflicts) {
    const set = names.filter(name => known(config[name]));
    if (set.length > 1) error(set[0], `conflicts with ${set.slice(1).join(', ')}.`);
  }
  for (const names of exactlyOne) {
    if (names.some(name => config[name] === unknown)) continue;
    const set = names.filter(name => known(config[name]));
    if (set.length !== 1) error(names[0], `exactly one of ${names.join(', ')} must be set, ${set.length} are.`);
  }
  return found;
}
