// Unpacks the browser of @sparticuz/chromium with the libraries and fonts that it brings, into
// node_modules/.uitgepakt beside it. Its own start-up code is for another kind of machine.
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const packed = join(modules, "@sparticuz", "chromium", "bin");
const unpacked = join(modules, ".uitgepakt");

function unpack(name, target) {
  return pipeline(createReadStream(join(packed, name)), createBrotliDecompress(), target);
}

mkdirSync(unpacked, { recursive: true });
await unpack("chromium.br", createWriteStream(join(unpacked, "chromium"), { mode: 0o755 }));
await unpack("al2023.tar.br", extract(unpacked));
await unpack("fonts.tar.br", extract(unpacked));
await unpack("swiftshader.tar.br", extract(unpacked));
