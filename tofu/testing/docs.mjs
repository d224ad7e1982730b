#!/usr/bin/env node
// Writes everything under tofu/ and docs/ that is made from the code.
import { codeFolders } from './gates/tool.mjs';
import { moduleDocs } from './gates/module-docs.mjs';

await moduleDocs(codeFolders().modules, { write: true });
