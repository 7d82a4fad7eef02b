// The licence of every package inside a bundle: licences.mjs METAFILE NODE_MODULES > LICENSES
import { existsSync, readFileSync, readdirSync } from "node:fs";

const [, , metafile, folder] = process.argv;
const inputs = Object.keys(JSON.parse(readFileSync(metafile, "utf8")).inputs);
const names = new Set(inputs.map((path) => path.split("node_modules/").pop().match(/^(@[^/]+\/)?[^/]+/)[0]));
for (const name of [...names].sort()) {
  const home = `${folder}/${name}`;
  if (!existsSync(`${home}/package.json`)) continue;
  const { version, license } = JSON.parse(readFileSync(`${home}/package.json`, "utf8"));
  const file = readdirSync(home).find((one) => /^licen[cs]e/i.test(one));
  const text = file ? readFileSync(`${home}/${file}`, "utf8").trim() : "";
  console.log(`${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(60)}\n`);
}
