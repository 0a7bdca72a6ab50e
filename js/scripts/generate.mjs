// Types of the wire, from the JSON Schema that the Python package writes. Deterministic: same schema, same file.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const source = new URL("../src/protocol/schema.json", import.meta.url);
const target = new URL("../src/protocol/types.ts", import.meta.url);

/** Titles only help people who read the schema; left in, they would name every string type. */
function prepare(node, isDefinition = false) {
  if (Array.isArray(node)) return node.map((item) => prepare(item));
  if (node === null || typeof node !== "object") return node;
  const entries = Object.entries(node)
    .filter(([key, value]) => key !== "title" || typeof value !== "string" || isDefinition)
    // minItems/maxItems would become unions of tuples
    .filter(([key, value]) => !(/^(min|max)Items$/.test(key) && typeof value === "number"))
    .map(([key, value]) =>
      key === "$defs" || key === "properties"
        ? [
            key,
            Object.fromEntries(
              Object.entries(value).map(([k, v]) => [k, prepare(v, key === "$defs")]),
            ),
          ]
        : [key, prepare(value)],
    );
  const made = Object.fromEntries(entries);
  if (made.type === "object" && made.additionalProperties === undefined) {
    made.additionalProperties = false;
  }
  return made;
}

const schema = prepare(JSON.parse(await readFile(source, "utf8")), true);
const text = await compile(schema, "Wire", {
  bannerComment: "// Generated from schema.json by `npm run generate`. Do not edit.",
  unreachableDefinitions: true,
  enableConstEnums: false,
  format: true,
});
const check = process.argv.includes("--check");
if (check) {
  if ((await readFile(target, "utf8")) !== text) {
    console.error(
      "src/protocol/types.ts is out of date: run `npm run generate` in js/ and commit it.",
    );
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
