#!/usr/bin/env node
// Rebuilds schema/aws.json: the schema of every resource and data source that tofu/ uses, as AWS provider
// 6.25.0 has it.  `node extract.mjs` writes the file, `node extract.mjs --check` compares and writes nothing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typesInUse } from './types-in-use.mjs';
import { classesOf, typescriptOf } from './class-source.mjs';
import { blockOf } from './build.mjs';
import { correct, ephemeral, provider } from './overlay.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, 'aws.json');

/** The bindings generated from provider 6.25.0. Only this very archive is accepted. */
const bindings = JSON.parse(readFileSync(join(here, 'bindings.json'), 'utf8'));

function archive() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'nura-tofu');
  const path = join(folder, `bindings-${bindings.version}.tgz`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const staging = mkdtempSync(join(folder, 'pack-'));
    const name = execFileSync('npm', ['pack', `${bindings.package}@${bindings.version}`, '--silent', '--pack-destination', staging],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
    renameSync(join(staging, name), path);
    rmSync(staging, { recursive: true });
  }
  const integrity = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  if (integrity !== bindings.integrity) {
    rmSync(path);
    throw new Error(`${bindings.package}@${bindings.version} has integrity ${integrity}, expected ${bindings.integrity}. The download was removed; run again.`);
  }
  return path;
}

/** Folder of a type inside the package: aws_db_instance -> db-instance, data aws_lb -> data-aws-lb. */
const folderOf = (kind, type) =>
  kind === 'data' ? `data-${type.replaceAll('_', '-')}` : type.replace(/^aws_/, '').replaceAll('_', '-');

export async function extract() {
  const wanted = await typesInUse(join(here, '..', '..'));
  const work = mkdtempSync(join(tmpdir(), 'nura-schema-'));
  try {
    const folders = [...wanted.resource.map(t => folderOf('resource', t)), ...wanted.data.map(t => folderOf('data', t))];
    execFileSync('tar', ['xzf', archive(), '-C', work, ...folders.map(f => `package/lib/${f}`)], { stdio: ['ignore', 'ignore', 'pipe'] });
    const schema = { version: null, provider, resources: {}, data: {}, ephemeral };
    for (const [kind, types] of Object.entries(wanted)) {
      for (const type of types) {
        const parsed = classesOf(typescriptOf(join(work, 'package', 'lib', folderOf(kind, type))));
        const [name, top] = Object.entries(parsed.classes).find(([, c]) => c.resourceType === type);
        schema.version = top.providerVersion ?? schema.version;
        schema[kind === 'data' ? 'data' : 'resources'][type] = correct(type, blockOf(parsed, name, top.wire));
      }
    }
    return schema;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** One line per type, so that a change of the schema is readable as a diff. */
export function format(schema) {
  const section = types => `{\n${Object.keys(types).sort().map(t => `    ${JSON.stringify(t)}: ${JSON.stringify(types[t])}`).join(',\n')}\n  }`;
  return `{\n  "version": "${schema.version}",\n  "provider": ${JSON.stringify(schema.provider)},\n  "resources": ${section(schema.resources)},\n  "data": ${section(schema.data)},\n  "ephemeral": ${section(schema.ephemeral)}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = format(await extract());
  if (process.argv.includes('--check')) {
    const same = existsSync(target) && readFileSync(target, 'utf8') === text;
    if (!same) console.error('schema/aws.json differs from what the bindings say. Run `npm run schema` in tofu/testing and read the diff.');
    process.exit(same ? 0 : 1);
  }
  writeFileSync(target, text);
  const parsed = JSON.parse(text);
  console.log(`schema ${parsed.version}: ${Object.keys(parsed.resources).length} resources, ${Object.keys(parsed.data).length} data sources, ${text.length} bytes`);
}
