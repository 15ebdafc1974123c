#!/usr/bin/env bash
# Destroys a stage: scripts/destroy.sh --help. All it does itself is to see that Node.js and the packages are there.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if ! command -v node >/dev/null || ! node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'; then
  echo "Node.js 20.19 or newer is needed: https://nodejs.org. Nothing was changed." >&2
  exit 1
fi
if [ ! -d "$project/node_modules/tsx" ]; then
  (cd "$project" && npm ci) || {
    echo "npm ci failed. Nothing was changed in AWS; put right what it says and run this again." >&2
    exit 1
  }
fi
# tsx is found from the project, the stage file from where you are.
exec node --import "file://$project/node_modules/tsx/dist/loader.mjs" "$project/scripts/destroy.ts" "$@"
