import assert from "node:assert/strict";
import { test } from "node:test";
import { citationPattern, parseCitation, shortCitation, writeCitation } from "../src/citation.ts";

test("parseCitation_WrittenForm_RoundTrips", () => {
  const written = "nura@0123456789ab:Nura.Rag/Program.cs#L3-L9";

  assert.equal(writeCitation(parseCitation(written)), written);
  assert.equal(shortCitation(parseCitation(written)), "Program.cs:3–9");
});

test("parseCitation_OtherText_IsNone", () => {
  for (const text of ["", "see foo#L3", "a@main:x#L1-L2", "a@0123456:x"]) assert.equal(parseCitation(text), undefined);
});

test("citationPattern_InSentence_FindsOne", () => {
  assert.equal(citationPattern.exec("as in [a@0123456:b c.md#L7], and")[1], "a@0123456:b c.md#L7");
});

test("citationPattern_PathWithBrackets_IsFoundWhole", () => {
  const text = "[a@0123456:app/[id]/page.tsx#L1-L2], [a@0123456:app/[[...all]]/x.ts#L7] and [b@0123456:c.md#L3]";

  assert.deepEqual(Array.from(text.matchAll(new RegExp(citationPattern, "g")), ([, written]) => written),
    ["a@0123456:app/[id]/page.tsx#L1-L2", "a@0123456:app/[[...all]]/x.ts#L7", "b@0123456:c.md#L3"]);
});
