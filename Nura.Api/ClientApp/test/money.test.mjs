import assert from "node:assert/strict";
import { test } from "node:test";
import { money } from "../src/money.ts";

test("money_Nothing_IsPlain", () => {
  assert.equal(money(0), "$0");
});

test("money_SmallAmounts_KeepTwoDigitsThatCount", () => {
  assert.deepEqual([0.000012, 0.00010234, 0.0199, 1e-9].map(money), ["$0.000012", "$0.00010", "$0.020", "$0.0000000010"]);
});

test("money_LargeAmounts_HaveCents", () => {
  assert.deepEqual([0.5, 0.9999, 12.3456, 1234.5].map(money), ["$0.50", "$1.00", "$12.35", "$1,234.50"]);
});

test("money_BelowZero_SaysSo", () => {
  assert.deepEqual([-0.000003, -2].map(money), ["-$0.0000030", "-$2.00"]);
});
