// Thirteen rules of TFLint's Terraform set, and the house's own, over the source.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import hcl2json from '@cdktf/hcl2json';
import { switched } from './dr-flip.mjs';
import { root as tofuRoot } from './tool.mjs';

const files = { module: ['main.tf', 'outputs.tf', 'variables.tf', 'versions.tf'], root: ['backend.tf', 'main.tf', 'outputs.tf', 'providers.tf', 'variables.tf', 'versions.tf'] };
const snake = /^[a-z][a-z0-9_]*$/;
const withoutComments = text => text.replace(/^\s*#.*$/gm, '');

/** One folder, parsed: `{ folder, kind, sources: { file: text }, parsed: { file: json }, text }`. */
async function read(folder, kind, base) {
  const names = readdirSync(join(base, folder)).filter(name => name.endsWith('.tf') || name.endsWith('.tofu')).sort();
  const sources = Object.fromEntries(names.map(name => [name, readFileSync(join(base, folder, name), 'utf8')]));
  const parsed = {};
  for (const [name, text] of Object.entries(sources)) parsed[name] = await hcl2json.parse(name, text);
  const text = withoutComments(Object.entries(sources).filter(([n]) => n.endsWith('.tf')).map(([, t]) => t).join('\n'));
  return { base, folder, kind, sources, parsed, text };
}

const blocks = (unit, kind) => Object.entries(unit.parsed).flatMap(([file, json]) =>
  Object.entries(json[kind] ?? {}).flatMap(([name, bodies]) => [bodies].flat().map(body => ({ file, name, body }))));
const typed = (unit, kind) => Object.entries(unit.parsed).flatMap(([file, json]) =>
  Object.entries(json[kind] ?? {}).flatMap(([type, named]) => Object.entries(named).flatMap(([name, bodies]) => bodies.map(body => ({ file, type, name, body })))));
const uses = (unit, reference) => new RegExp(`(?<![\\w.])${reference.replaceAll('.', '\\.')}(?![\\w-])`).test(unit.text);
const perLine = (unit, pattern, message) => Object.entries(unit.sources).flatMap(([file, text]) =>
  text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${message}`] : [])));

export const rules = {
  terraform_comment_syntax: unit => perLine(unit, /^\s*\/\//, 'comments start with #'),
  terraform_deprecated_index: unit => perLine(unit, /\b(aws|module|data)[\w.]*\.\d+\./, 'an index is written [0]'),
  terraform_deprecated_interpolation: unit => perLine(unit, /=\s*"\$\{[^{}"]*\}"\s*$/, 'an expression alone needs no quotes'),
  terraform_documented_outputs: unit => blocks(unit, 'output').filter(o => !o.body.description).map(o => `output ${o.name} has no description`),
  terraform_documented_variables: unit => blocks(unit, 'variable').filter(v => !v.body.description).map(v => `variable ${v.name} has no description`),
  terraform_typed_variables: unit => blocks(unit, 'variable').filter(v => !v.body.type || /\bany\b/.test(v.body.type)).map(v => `variable ${v.name} has no exact type`),
  terraform_naming_convention: unit => [
    ...['variable', 'output', 'module'].flatMap(kind => blocks(unit, kind)),
    ...['resource', 'data'].flatMap(kind => typed(unit, kind)),
  ].filter(b => !snake.test(b.name)).map(b => `${b.name} is not snake_case`),
  terraform_required_version: unit => (unit.text.includes('required_version') ? [] : ['required_version is missing']),
  terraform_required_providers: unit => {
    const declared = [unit.parsed['versions.tf']?.terraform].flat().flatMap(t => [t?.required_providers].flat()).filter(Boolean);
    const aws = declared.find(d => d.aws)?.aws;
    if (!aws?.source || !aws?.version) return ['the aws provider has no source or version'];
    const wanted = unit.kind === 'module' ? /^>= / : /^~> /;
    return wanted.test(aws.version) ? [] : [`modules give a lower bound (>=), roots a pin (~>); found ${aws.version}`];
  },
  terraform_standard_module_structure: unit => [
    ...files[unit.kind].filter(name => !unit.sources[name]).map(name => `${name} is missing`),
    ...blocks(unit, 'variable').filter(v => v.file !== 'variables.tf').map(v => `variable ${v.name} belongs into variables.tf`),
    ...blocks(unit, 'output').filter(o => o.file !== 'outputs.tf').map(o => `output ${o.name} belongs into outputs.tf`),
  ],
  terraform_unused_declarations: unit => [
    ...blocks(unit, 'variable').filter(v => !uses(unit, `var.${v.name}`)).map(v => `variable ${v.name} is never used`),
    ...Object.values(unit.parsed).flatMap(json => [json.locals].flat().filter(Boolean).flatMap(Object.keys)).filter(name => !uses(unit, `local.${name}`)).map(name => `local ${name} is never used`),
    ...typed(unit, 'data').filter(d => !uses(unit, `data.${d.type}.${d.name}`)).map(d => `data ${d.type}.${d.name} is never used`),
  ],
  terraform_module_pinned_source: unit => blocks(unit, 'module').filter(m => !/^\.\.?\//.test(m.body.source ?? '')).map(m => `module ${m.name} does not come from this repository`),
  terraform_workspace_remote: unit => (/terraform\.workspace/.test(unit.text) ? ['workspaces do not separate environments, folders do'] : []),

  nura_nullable: unit => blocks(unit, 'variable').filter(v => v.body.nullable !== false && v.body.default !== null).map(v => `variable ${v.name} needs nullable = false, or a default of null`),
  nura_messages: unit => blocks(unit, 'variable').flatMap(v => [v.body.validation].flat().filter(Boolean).filter(r => !/^[A-Za-z].{20,}[.]$/s.test(r.error_message ?? '')).map(() => `a validation of ${v.name} needs a sentence that says what to do`)),
  nura_file_length: unit => Object.entries(unit.sources).filter(([, text]) => text.split('\n').length > 300).map(([file]) => `${file} is longer than 300 lines`),
  nura_readme: unit => (unit.kind === 'root' || existsSync(join(unit.base, unit.folder, 'README.md')) ? [] : ['README.md is missing']),
  nura_tests: unit => (readdirSync(join(unit.base, unit.folder, 'tests'), { withFileTypes: true }).some(e => e.name.endsWith('.tftest.hcl')) ? [] : ['tests/ has no test']),
  nura_locked_state: unit => {
    if (unit.kind !== 'root') return [];
    const text = JSON.stringify(unit.parsed['backend.tf'] ?? {});
    return text.includes('"use_lockfile":true') && text.includes('"encrypt":true') ? [] : ['the backend must encrypt and lock'];
  },
  nura_encrypted_state: unit => {
    if (unit.kind !== 'root' || unit.folder === 'bootstrap') return [];
    const encryption = unit.parsed['encryption.tofu']?.terraform?.flatMap?.(t => t.encryption ?? []) ?? [];
    const [block] = encryption;
    const both = ['state', 'plan'].every(part => [block?.[part]].flat()[0]?.enforced === true);
    const key = Object.values(block?.key_provider?.aws_kms ?? {}).flat()[0];
    if (!both || !key) return ['encryption.tofu must encrypt state and plan with a KMS key, enforced'];
    return switched.includes(unit.folder) && key.region !== 'eu-west-1' ? ['the key must be the replica in eu-west-1: the switch reads this state while us-east-1 is away'] : [];
  },
};

/** Findings of all rules over the folders given: `{ rule, folder, message }`. */
export async function lint({ modules, roots }, base = tofuRoot) {
  const units = await Promise.all([...modules.map(f => read(f, 'module', base)), ...roots.map(f => read(f, 'root', base))]);
  return units.flatMap(unit => Object.entries(rules).flatMap(([rule, find]) => find(unit).map(message => ({ rule, folder: unit.folder, message }))));
}
