// Forms of a rule. Every rule has an id, a title that says what must be, and `ref`, the public check it corresponds to.

/** A rule about each resource of a type: `holds(values, model, resource)` must be true. */
export const each = (id, type, title, ref, holds, { when = () => true } = {}) => ({
  id, title, ref, types: [type].flat(),
  check: model => (when(model) ? [type].flat().flatMap(model.of).filter(r => !holds(r.values, model, r)).map(r => r.address) : []),
  subjects: model => (when(model) ? [type].flat().flatMap(model.of).length : 0),
});

/** A rule about the whole: `offenders(model)` lists what breaks it. */
export const whole = (id, title, ref, offenders, subjects = () => 1) => ({ id, title, ref, check: offenders, subjects });

/** Whether a value is the ARN of a key; an alias may point at AWS's own key. */
export const isKey = value => typeof value === 'string' && /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\//.test(value);
export const first = list => (Array.isArray(list) ? list[0] : undefined);
export const statements = text => [JSON.parse(text).Statement].flat();
/** All of a list that must not be empty. */
export const all = (values, holds) => list(values).length > 0 && list(values).every(holds);
export const list = value => (value === undefined || value === null ? [] : [value].flat());
