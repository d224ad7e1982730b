// Turns the classes of one resource into a schema block:
//   { attributes: { name: { type, required?, optional?, computed? } },
//     blocks:     { name: { nesting, min, max, attributes, blocks } } }
// `type` is a cty type in its JSON form, as plugin protocol 5 wants it.

const getters = [
  [/getStringAttribute/, () => 'string'],
  [/getNumberAttribute/, () => 'number'],
  [/getBooleanAttribute/, () => 'bool'],
  [/getNumberListAttribute/, set => [set ? 'set' : 'list', 'number']],
  [/getListAttribute/, set => [set ? 'set' : 'list', 'string']],
  [/getStringMapAttribute/, () => ['map', 'string']],
  [/getNumberMapAttribute/, () => ['map', 'number']],
  [/getBooleanMapAttribute/, () => ['map', 'bool']],
  [/getAnyMapAttribute/, () => 'dynamic'],
];

/** Schema of the class `name`; `wire` says which of its fields are blocks. */
export function blockOf(parsed, name, wire) {
  const block = { attributes: {}, blocks: {} };
  for (const [field, member] of Object.entries(parsed.classes[name]?.members ?? {})) {
    const reference = member.code.match(new RegExp(`new ([\\w.]+)\\(this, "${field}"(?:, (true|false))?`));
    if (!reference) block.attributes[field] = { type: scalarType(member.code), ...flags(member) };
    else if (reference[1].startsWith('cdktf.')) block.attributes[field] = { type: mapType(reference[1]), ...flags(member) };
    else addNested(parsed, block, field, member, reference, wire?.[field]);
  }
  return block;
}

function addNested(parsed, block, field, member, reference, entry) {
  const { inner, many } = elementClass(parsed, reference);
  const nested = blockOf(parsed, inner, parsed.wire[inner.replace(/OutputReference$/, '').toLowerCase()]);
  if (entry?.isBlock) {
    const one = entry.collection === 'struct' ? 'single' : entry.collection;
    block.blocks[field] = { nesting: many ?? one, min: member.required ? 1 : 0, max: many ? 0 : 1, ...nested };
    return;
  }
  const object = ['object', objectType(nested)];
  const type = many ? [many, object] : entry?.collection === 'struct' ? object : ['list', object];
  block.attributes[field] = { type, ...flags(member) };
}

function elementClass(parsed, [, name, wrapsSet]) {
  if (/List$/.test(name) && parsed.classes[name]) return { inner: name.replace(/List$/, 'OutputReference'), many: wrapsSet === 'true' ? 'set' : 'list' };
  if (/Map$/.test(name) && parsed.classes[name]) return { inner: name.replace(/Map$/, 'OutputReference'), many: 'map' };
  return { inner: name, many: null };
}

function objectType(nested) {
  const attributes = Object.entries(nested.attributes).map(([name, a]) => [name, a.type]);
  const blocks = Object.entries(nested.blocks).map(([name, b]) =>
    [name, b.nesting === 'single' ? ['object', objectType(b)] : [b.nesting, ['object', objectType(b)]]]);
  return Object.fromEntries([...attributes, ...blocks]);
}

function scalarType(code) {
  const getter = code.match(/return (.*?);/)?.[1] ?? '';
  const isSet = getter.includes('Fn.tolist');
  for (const [pattern, type] of getters) if (pattern.test(getter)) return type(isSet);
  const declared = code.match(/private _\w+\?: ([^;]*);/)?.[1] ?? '';
  if (declared.includes('[][]')) return ['list', ['list', 'string']];
  if (declared.includes('{ [key: string]: string }[]')) return ['list', ['map', 'string']];
  if (declared.includes('{ [key: string]: string[] }')) return ['map', ['list', 'string']];
  return getter.includes('interpolationForAttribute') ? 'dynamic' : 'string';
}

function mapType(wrapper) {
  const element = /Number/.test(wrapper) ? 'number' : /Boolean/.test(wrapper) ? 'bool' : 'string';
  return /MapList$/.test(wrapper) ? ['list', ['map', element]] : ['map', element];
}

const flags = ({ computed, optional, required }) => ({
  ...(required && { required }), ...(optional && { optional }), ...(computed && { computed }),
});
