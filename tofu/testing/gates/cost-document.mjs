// The computed cost table inside docs/environment-setup.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tool.mjs';

const path = join(root, '..', 'docs', 'environment-setup.md');
const [begin, end] = ['<!-- cost: computed by tools/tofu-check.sh -->', '<!-- /cost -->'];

/** A problem when the document's table is another one; with `write` the document is brought up to date instead. */
export function costDocument(table, { write = false } = {}) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!text.includes(begin)) return ['docs/environment-setup.md has no place for the cost table'];
  const wanted = text.replace(new RegExp(`${begin}[\\s\\S]*${end}`), () => `${begin}\n${table}\n${end}`);
  if (wanted === text) return [];
  if (!write) return ['the cost table in docs/environment-setup.md is out of date: run "tools/tofu-check.sh --write --quick" and read the diff'];
  writeFileSync(path, wanted);
  return [];
}
