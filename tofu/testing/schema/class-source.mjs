// Reads the TypeScript that the generated AWS bindings carry inside their source maps.
// It is the only published form of the provider's schema that needs no provider binary.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const inlineMap = /sourceMappingURL=data:application\/json;base64,(\S+)/;
const memberHead = /\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n/g;
const wireEntry = /^\s+"?(\w+)"?: \{\n\s+value: [\s\S]*?,\n\s+isBlock: (true|false),\n\s+type: "(\w+)",/gm;

/** All TypeScript below one folder of the package, joined. */
export function typescriptOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .map(entry => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return typescriptOf(path);
      if (!entry.name.endsWith('.js')) return '';
      const map = readFileSync(path, 'utf8').match(inlineMap);
      return map ? JSON.parse(Buffer.from(map[1], 'base64')).sourcesContent[0] : '';
    })
    .join('\n');
}

/**
 * Classes by name, each `{ base, members, wire, resourceType, providerVersion }`, and `wire`: for every
 * nested structure (lower-cased name) which of its fields are blocks and of what collection.
 */
export function classesOf(source) {
  const classes = {};
  for (const text of source.split(/^export class /m).slice(1)) {
    const head = text.match(/^(\w+) extends cdktf\.(\w+)/);
    if (!head) continue;
    classes[head[1]] = {
      base: head[2],
      members: membersOf(text),
      wire: wireOf(text),
      resourceType: text.match(/tfResourceType = "(\w+)"/)?.[1],
      providerVersion: text.match(/providerVersion: '([\d.]+)'/)?.[1],
    };
  }
  const wire = {};
  for (const text of source.split(/^export function /m).slice(1)) {
    const name = text.match(/^(\w+)ToHclTerraform\(/)?.[1];
    if (name) wire[name.toLowerCase()] = wireOf(text.split(/^export (?:class|function|interface)/m)[0]);
  }
  return { classes, wire };
}

function membersOf(text) {
  const heads = [...text.matchAll(memberHead)];
  return Object.fromEntries(heads.map((head, index) => [head[1], {
    computed: head[2] === 'true',
    optional: head[3] === 'true',
    required: head[4] === 'true',
    code: text.slice(head.index + head[0].length, heads[index + 1]?.index ?? text.length),
  }]));
}

function wireOf(text) {
  return Object.fromEntries([...text.matchAll(wireEntry)].map(m => [m[1], { isBlock: m[2] === 'true', collection: m[3] }]));
}
