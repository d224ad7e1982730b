// Forms of a rule. Every rule has an id, a title that says what must be, and `ref`, the public check it corresponds to.

/** A rule about each resource of a type: `holds(values, model, resource)` must be true. */
export const each = (id, type, title, ref, holds, { when = () => true } = {}) => ({
  id, title, ref,
  check: model => (when(model) ? [type].flat().flatMap(model.of).filter(r => !holds(r.values, model, r)).map(r => r.address) : []),
  subjects: model => (when(model) ? [type].flat().flatMap(model.of).length : 0),
});

/** A rule about the whole: `offenders(model)` lists what breaks it. */
export const whole = (id, title, ref, offenders, subjects = () => 1) => ({ id, title, ref, check: offenders, subjects });

export const isKey = value => typeof value === 'string' && /^arn:aws[\w-]*:kms:/.test(value);
export const first = list => (Array.isArray(list) ? list[0] : undefined);
export const statements = text => [JSON.parse(text).Statement].flat();
export const list = value => (value === undefined || value === null ? [] : [value].flat());
