import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../src/sse.ts";

const parse = async (...pieces) => {
  const encoder = new TextEncoder();
  const stream = (async function* () { for (const piece of pieces) yield typeof piece === "string" ? encoder.encode(piece) : piece; })();
  const events = [];
  for await (const event of readEvents(stream)) events.push(event);
  return events;
};

test("readEvents_SplitAnywhere_GivesTheSameEvents", async () => {
  const text = ": hello\r\nid: 1\r\nevent: token\r\ndata: {\"a\":\"ä\"}\r\n\r\nid: 2\ndata: x\ndata: y\n\n";
  const whole = await parse(text);
  const raw = new TextEncoder().encode(text);

  for (let cut = 1; cut < raw.length; cut++) {
    assert.deepEqual(await parse(raw.slice(0, cut), raw.slice(cut)), whole);
  }
  assert.deepEqual(whole, [
    { id: "1", event: "token", data: "{\"a\":\"ä\"}" },
    { id: "2", event: "message", data: "x\ny" },
  ]);
});

test("readEvents_UnfinishedEvent_IsNotGiven", async () => {
  assert.deepEqual(await parse("data: half"), []);
});
