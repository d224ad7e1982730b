// An OpenAI-compatible server of embeddings for scale.sh: node embeddings.mjs DIMENSIONS. Says its port, ends with its standard input.
// A text's vector is a random projection of its words (Johnson and Lindenstrauss, 1984): texts with words in common lie near each
// other, and the vectors have a model's length and no zeros, which is what an index has to bear. It says nothing about quality.
import { createServer } from "node:http";

const dimensions = Number(process.argv[2]);
const directions = new Map();

function direction(word) {
  let found = directions.get(word);
  if (!found) {
    let state = 2166136261;
    for (const letter of word) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
    found = Float32Array.from({ length: dimensions }, () => {
      state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
      return state / 2 ** 31;
    });
    if (directions.size < 50_000) directions.set(word, found);
  }
  return found;
}

function embed(text) {
  const vector = new Float32Array(dimensions);
  for (const word of new Set(text.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g))) {
    const along = direction(word.toLowerCase());
    for (let i = 0; i < dimensions; i++) vector[i] += along[i];
  }
  const length = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => Number((value / length).toPrecision(5)));
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const { input, model } = JSON.parse(body);
  const texts = [input].flat();
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({
    object: "list", model, data: texts.map((text, index) => ({ object: "embedding", index, embedding: embed(text) })), usage: { prompt_tokens: tokens, total_tokens: tokens },
  }));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
