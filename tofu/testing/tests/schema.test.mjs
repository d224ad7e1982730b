import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { blockOf } from '../schema/build.mjs';
import { classesOf } from '../schema/class-source.mjs';
import { correct } from '../schema/overlay.mjs';

const schema = JSON.parse(readFileSync(new URL('../schema/aws.json', import.meta.url)));
const source = `
export function thingRuleToHclTerraform(struct) {
  const attrs = {
    port: {
      value: cdktf.numberToHclTerraform(struct!.port),
      isBlock: false,
      type: "simple",
      storageClassType: "number",
    },
  };
}
export class ThingRuleOutputReference extends cdktf.ComplexObject {
  // port - computed: false, optional: false, required: true
  private _port?: number;
  public get port() {
    return this.getNumberAttribute('port');
  }
}
export class ThingRuleList extends cdktf.ComplexList {
}
export class Thing extends cdktf.TerraformResource {
  public static readonly tfResourceType = "aws_thing";
  // names - computed: false, optional: true, required: false
  private _names?: string[];
  public get names() {
    return cdktf.Fn.tolist(this.getListAttribute('names'));
  }

  // secret_wo - computed: false, optional: true, required: false
  private _secretWo?: string;
  public get secretWo() {
    return this.getStringAttribute('secret_wo');
  }

  // rule - computed: false, optional: true, required: false
  private _rule = new ThingRuleList(this, "rule", true);
  public get rule() {
    return this._rule;
  }
  protected synthesizeHclAttributes() {
    const attrs = {
      rule: {
        value: cdktf.listMapperHcl(thingRuleToHclTerraform, true)(this._rule.internalValue),
        isBlock: true,
        type: "set",
        storageClassType: "ThingRuleList",
      },
    };
  }
}
`;

test('sets, blocks and write-only attributes are read from the bindings', () => {
  const parsed = classesOf(source);
  const thing = correct('aws_thing', blockOf(parsed, 'Thing', parsed.classes.Thing.wire));
  assert.deepEqual(thing.attributes.names, { type: ['set', 'string'], optional: true });
  assert.equal(thing.attributes.secret_wo.writeOnly, true);
  assert.equal(thing.blocks.rule.nesting, 'set');
  assert.deepEqual(thing.blocks.rule.attributes.port, { type: 'number', required: true });
});

test('the committed schema is that of 6.25.0', () => assert.equal(schema.version, '6.25.0'));

test('known facts of the AWS schema hold', () => {
  const { resources } = schema;
  assert.equal(resources.aws_db_instance.attributes.password_wo.writeOnly, true);
  assert.deepEqual(resources.aws_eks_node_group.attributes.subnet_ids, { type: ['set', 'string'], required: true });
  assert.equal(resources.aws_eks_cluster.blocks.vpc_config.min, 1);
  assert.ok('cloudwatch_config' in resources.aws_bedrock_model_invocation_logging_configuration.blocks.logging_config.blocks);
  assert.ok('managed_rule_group_statement' in resources.aws_wafv2_web_acl.blocks.rule.blocks.statement.blocks);
  assert.ok(!('aws_s3_bucket_encryption' in resources));
});

test('no attribute has a type that the tools cannot check', () => {
  const dynamic = [];
  const walk = (path, block) => {
    for (const [name, a] of Object.entries(block.attributes)) if (a.type === 'dynamic') dynamic.push(`${path}.${name}`);
    for (const [name, b] of Object.entries(block.blocks)) walk(`${path}.${name}`, b);
  };
  for (const [type, block] of Object.entries(schema.resources)) walk(type, block);
  assert.deepEqual(dynamic, []);
});
