// A model that follows a script, behind an OpenAI-compatible server: asked where a class is, it looks that up with Nura's tool for it, through the tool's
// own caller where tools are not offered before they are looked for;
// asked anything else, it reads one file with whichever tool it is offered. Then it says what it found. Counts the tokens that it reports, so that Nura's account can be compared with it.
import http from "node:http";

const readers = ["read", "Read", "read_file", "exec_command", "shell_command", "shell"];

/** @param {string} file The file that the model asks for. */
export async function startModel(file) {
  const sums = { calls: 0, input: 0, output: 0 };
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const { messages, tools = [], stream, model } = JSON.parse(body);
    const usage = { prompt_tokens: Math.ceil(body.length / 4), completion_tokens: 20, total_tokens: Math.ceil(body.length / 4) + 20 };
    sums.calls += 1;
    sums.input += usage.prompt_tokens;
    sums.output += usage.completion_tokens;

    const message = answer(messages, tools.map((tool) => tool.function), file);
    const finish = message.tool_calls ? "tool_calls" : "stop";
    const head = { id: `chatcmpl-${sums.calls}`, created: 1, model };
    if (!stream) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...head, object: "chat.completion", choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }], usage }));
      return;
    }

    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (choices, more) => response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`);
    for (const delta of deltas(message)) send([{ index: 0, delta, finish_reason: null }]);
    send([{ index: 0, delta: {}, finish_reason: finish }]);
    send([], { usage });
    response.end("data: [DONE]\n\n");
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, sums, stop: () => server.close() };
}

function answer(messages, tools, file) {
  const results = messages.filter((message) => message.role === "tool").map(({ content }) => (typeof content === "string" ? content : content.map((part) => part.text).join(""))).join("\n");
  const wanted = /Where is the class (\w+) defined/.exec(JSON.stringify(messages))?.[1];
  if (results) return { content: wanted ? `It is defined in ${/[\w./-]+@[0-9a-f]+:[\w./-]+#L\d+-L\d+/.exec(results) ?? "no file that I know"}.` : `The file says: ${/password-\w+/.exec(results) ?? "nothing that I know"}.` };
  const deferred = /\bmcp__\w+find_symbol\b/.exec(JSON.stringify(messages))?.[0];
  if (wanted && deferred && tools.some((one) => one.name === "tool_call")) return call({ name: "tool_call" }, () => ({ name: deferred, arguments: { name: wanted } }));
  if (wanted) return call(tools.find((one) => one.name.endsWith("find_symbol")), () => ({ name: wanted }));
  return call(readers.map((name) => tools.find((one) => one.name === name)).find(Boolean), (tool) => argumentsOf(tool, file));
}

/** A title is asked for without tools, by some. */
const call = (tool, args) => (tool
  ? { content: null, tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: tool.name, arguments: JSON.stringify(args(tool)) } }] }
  : { content: "Something is looked for" });

/** Fills what the tool's schema requires: a path, or a command line that prints the file. */
function argumentsOf({ parameters }, file) {
  const command = Object.keys(parameters.properties).find((name) => /^(cmd|command)$/.test(name));
  if (command) return { [command]: parameters.properties[command].type === "array" ? ["cat", file] : `cat ${file}` };
  return { [Object.keys(parameters.properties).find((name) => /path/i.test(name))]: file };
}

function* deltas({ content, tool_calls: calls }) {
  yield { role: "assistant", content: calls ? null : "" };
  if (calls) {
    const [{ function: { name, arguments: text }, ...call }] = calls;
    yield { tool_calls: [{ ...call, function: { name, arguments: "" } }] };
    for (const piece of text.match(/.{1,7}/gs)) yield { tool_calls: [{ index: 0, function: { arguments: piece } }] };
  } else {
    for (const piece of content.match(/.{1,7}/gs)) yield { content: piece };
  }
}
