// Which AWS types the code under tofu/ names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const declaration = /^\s*(resource|data)\s+"(aws_\w+)"/gm;

/** Files with the given endings below a folder, without what tools leave there. */
export function filesBelow(folder, endings) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (['.terraform', 'node_modules', 'testing'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, endings);
    return endings.some(ending => entry.name.endsWith(ending)) ? [path] : [];
  }).sort();
}

/** `{ resource: [...], data: [...] }`, each sorted. */
export async function typesInUse(root) {
  const found = { resource: new Set(), data: new Set() };
  for (const file of filesBelow(root, ['.tf', '.tofu'])) {
    for (const [, kind, type] of readFileSync(file, 'utf8').matchAll(declaration)) found[kind].add(type);
  }
  return { resource: [...found.resource].sort(), data: [...found.data].sort() };
}
