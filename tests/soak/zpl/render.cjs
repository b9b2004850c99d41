// Reads lines of JSON {zpl, width_mm, height_mm, dots_per_mm}, answers each with a line: a PNG in base64, or "! why".
const readline = require("node:readline");
const { ready } = require("zpl-renderer-js");

async function main() {
  const { api } = await ready;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const job = JSON.parse(line);
    try {
      const png = await api.zplToBase64Async(job.zpl, job.width_mm, job.height_mm, job.dots_per_mm);
      process.stdout.write(png + "\n");
    } catch (error) {
      process.stdout.write("! " + String(error).replace(/\s+/g, " ") + "\n");
    }
  }
  process.exit(0);
}

main();
