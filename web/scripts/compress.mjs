// Writes `.br` and `.gz` beside every file of `dist` that is text and gets smaller by it, so that the
// server never compresses anything.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const TEXT = /\.(js|css|html|svg|json|txt)$/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = await readFile(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const forms = { br: await brotli(bytes, { params }), gz: await zip(bytes, { level: 9 }) };
  for (const [ending, small] of Object.entries(forms)) {
    if (small.length < bytes.length) await writeFile(`${path}.${ending}`, small);
  }
}
