// A dealer's check written from docs/verify-offline.md and docs/keys.md alone, sharing no code with shellmark.
//
//   node dealer.mjs ROOTS KEYS ISSUED WITHDRAWN < texts.json
//
// Node's own crypto only. Prints, per text, whether its signature holds and which lists have it.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (data) => createHash("sha256").update(data).digest();

function publicKey(vkey) {
  const [name, id, encoded] = split3(vkey);
  const data = Buffer.from(encoded, "base64");
  if (data.length !== 33 || data[0] !== 1) throw new Error("no Ed25519 key");
  const due = sha256(Buffer.concat([Buffer.from(name + "\n"), data])).subarray(0, 4);
  if (due.toString("hex") !== id) throw new Error("the id does not fit the key");
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), data.subarray(1)]);
  return { name, id, raw: data.subarray(1), key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function split3(vkey) {
  const first = vkey.indexOf("+");
  const second = vkey.indexOf("+", first + 1);
  return [vkey.slice(0, first), vkey.slice(first + 1, second), vkey.slice(second + 1)];
}

// a signed note: text, blank line, signature lines; gives the text and which keys have signed it
function openNote(said, keys) {
  const at = said.indexOf("\n\n");
  const text = said.slice(0, at + 1);
  const by = new Set();
  for (const line of said.slice(at + 2).split("\n").filter((one) => one)) {
    const [dash, name, encoded] = line.split(" ");
    const data = Buffer.from(encoded, "base64");
    const known = keys.find((one) => one.name === name && one.id === data.subarray(0, 4).toString("hex"));
    if (dash !== "—" || !known) continue;
    if (!verify(null, Buffer.from(text), known.key, data.subarray(4))) throw new Error(`forged: ${name}`);
    by.add(name);
  }
  return { text, by };
}

function openPaper(path, heading, keys) {
  const data = readFileSync(path);
  const first = data.indexOf("\n\n");
  const second = data.indexOf("\n\n", first + 2);
  const { text, by } = openNote(data.subarray(0, second + 1).toString(), keys);
  const [head, json] = text.split("\n");
  const facts = JSON.parse(json);
  const body = data.subarray(second + 2);
  if (head !== heading || !by.size || sha256(body).toString("hex") !== facts.body) throw new Error(`${path}: no`);
  return { facts, body };
}

function* bits(body) {
  for (const byte of body) for (let place = 7; place >= 0; place--) yield (byte >> place) & 1;
}

// remainders of k bits, padded to a byte; then the quotients in unary
function prefixes({ facts, body }) {
  const count = facts.counts.prefixes;
  const remainders = bits(body);
  const unary = bits(body.subarray(Math.ceil((count * facts.k) / 8)));
  const found = new Set();
  let number = 0n;
  for (let n = 0; n < count; n++) {
    let remainder = 0n;
    for (let place = 0; place < facts.k; place++) remainder = remainder * 2n + BigInt(remainders.next().value);
    let quotient = 0n;
    while (unary.next().value === 0) quotient++;
    number += (quotient << BigInt(facts.k)) + remainder;
    found.add(number);
  }
  return found;
}

function withdrawn({ facts, body }) {
  const found = new Map();
  let at = 0;
  for (const why of ["void", "copied", "retired"])
    for (let n = 0; n < facts.counts[why]; n++, at += 8) found.set(body.subarray(at, at + 8).toString("hex"), why);
  return found;
}

const [rootsPath, keysPath, issuedPath, withdrawnPath] = process.argv.slice(2);
const holders = readFileSync(rootsPath, "utf8").trim().split("\n").map((line) => publicKey(line.split(" ")[1]));
const list = openNote(readFileSync(keysPath, "utf8"), holders);
if (list.by.size < 2 || list.text.split("\n")[0] !== "shellmark key list v1") throw new Error("no key list");
const entries = JSON.parse(list.text.split("\n")[1]).keys.map((one) => ({ ...one, ...publicKey(one.vkey), id3: one.id }));
for (const one of entries) {
  const due = sha256(Buffer.concat([Buffer.from("shellmark.trace/key-id/v1\n"), one.raw])).subarray(0, 3);
  if (due.toString("hex") !== one.id3) throw new Error("a key's id does not fit");
}
const manifestKeys = entries.filter((one) => one.kind === "manifest");
const issued = prefixes(openPaper(issuedPath, "shellmark issued codes v1", manifestKeys));
const gone = withdrawn(openPaper(withdrawnPath, "shellmark withdrawn codes v1", manifestKeys));

const answers = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  const found = /^https:\/\/[^/]+(\/01\/\d{14}\/21\/[0-9A-HJKMNP-TV-Z]{13})(?:\?91=([A-Za-z0-9_-]{90}))?$/i.exec(text);
  if (!found) return null;
  const link = "https://id.gs1.org" + found[1];
  const digest = sha256(link);
  let signature = null;
  if (found[2]) {
    const data = Buffer.from(found[2], "base64url");
    const key = entries.find((one) => one.kind === "station" && one.id3 === data.subarray(0, 3).toString("hex"));
    const message = Buffer.from("shellmark.trace/signed-code/v1\n" + link);
    signature = Boolean(key) && verify(null, message, key.key, data.subarray(3));
  }
  const prefix = digest.readBigUInt64BE(0) >> 24n;
  return { signature, issued: issued.has(prefix), why: gone.get(digest.subarray(0, 8).toString("hex")) ?? null };
});
console.log(JSON.stringify({ holders: list.by.size, issued: issued.size, answers }));
