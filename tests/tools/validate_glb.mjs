// Reads GLB files named as arguments and prints the Khronos validator's issues, one JSON line a file.
import { readFileSync } from "node:fs";
import validator from "gltf-validator";

for (const path of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(readFileSync(path)), { maxIssues: 50 });
  console.log(JSON.stringify(report.issues));
}
