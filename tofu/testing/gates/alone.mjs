// A module applied by itself, with the variables of its unit tests: what no root makes is held to the gates this way too.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import hcl2json from '@cdktf/hcl2json';

/** Modules with parts that no environment turns on; their plans are judged beside those of the roots. */
export const optional = ['modules/stack'];

const provider = `provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { Project = "nura", Environment = "staging", ManagedBy = "opentofu", CostCenter = "nura-test" }
  }
}
`;

/** Result of `work(folder)` while the module's folder in a lane's copy is a root of its own. */
export async function alone(tree, module, work) {
  const folder = join(tree, module);
  const tests = join(folder, 'tests', 'unit.tftest.hcl');
  const { variables } = await hcl2json.parse(tests, readFileSync(tests, 'utf8'));
  const own = { 'fixture.auto.tfvars.json': JSON.stringify(variables[0]), 'fixture_provider.tf': provider };
  for (const [name, text] of Object.entries(own)) writeFileSync(join(folder, name), text);
  try {
    return await work(folder);
  } finally {
    for (const name of [...Object.keys(own), 'terraform.tfstate']) if (existsSync(join(folder, name))) rmSync(join(folder, name));
  }
}
