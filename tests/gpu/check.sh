#!/usr/bin/env bash
# Checks the engines on a GPU in under 8 minutes, measures their steps beside PyTorch's in turn, and
# writes one JSON file:
#
#     tests/gpu/check.sh [FILE.json]            on a machine with Pairlab's packages
#     tests/gpu/check.sh --pack FOLDER          makes a folder for a machine without a registry
#     FOLDER/check.sh [FILE.json]               there
#
# It needs Deno 2.9.6 (DENO names another program), a Vulkan, Metal or DirectX driver for the engine
# webgpu, and, for the comparison, a Python with torch (PYTHON names it). The packed folder holds the
# engine's check as one file of JavaScript, PyTorch's step, this script and Deno itself, packed with
# xz: under 64 MiB; node_modules does not travel. TensorFlow's CUDA build does not fit: it is checked
# where "deno task setup --gpu" has fetched it. Every figure says what it was measured with; without a
# GPU, SIZE=32 STEPS=2 rehearses all of it on software Vulkan.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
deno=${DENO:-deno} python=${PYTHON:-python3}
size=${SIZE:-256} steps=${STEPS:-40} watched=${WATCHED:-200} limit=${LIMIT:-150}

if [ "${1:-}" = --pack ]; then
  folder=${2:?name a folder}
  mkdir -p "$folder"
  # The packages' CommonJS files, as Deno itself takes them: tfjs' others are of another kind.
  npx --yes esbuild@0.25.12 "$here/engine_check.ts" --bundle --platform=node --main-fields=main \
    --format=esm --outfile="$folder/engine_check.js" --log-level=error --external:sharp \
    --alias:@std/path=node:path --alias:@std/testing/bdd=node:test \
    "--alias:@std/assert=$here/../assert.ts" \
    --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' || exit 1
  # Nothing here decodes or draws pictures.
  echo '{ "nodeModulesDir": "none", "imports": { "sharp": "./no_sharp.js", "dejavu-fonts-ttf/": "./" } }' > "$folder/deno.json"
  echo 'export default new Proxy(() => {}, { get: () => () => {} });' > "$folder/no_sharp.js"
  cp "$here/check.sh" "$here/pytorch_modes.py" "$here/../bench/peers/pytorch_pix2pix.py" "$folder"
  xz -T0 -c "$(command -v "$deno")" > "$folder/deno.xz"
  du -sh "$folder"
  exit
fi

out=${1:-gpu_check.json}
program="$here/engine_check.ts"
if [ -f "$here/engine_check.js" ]; then
  program="$here/engine_check.js"
  if [ -f "$here/deno.xz" ]; then
    deno=$(mktemp -d)/deno
    xz -dc "$here/deno.xz" > "$deno" && chmod +x "$deno"
  fi
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# engine NAME MODES: one line of JSON, or why there is none.
engine() {
  local given="{\"size\":$size,\"steps\":$steps,\"watched\":$watched,\"compile\":$2}"
  timeout "$limit" "$deno" run -A --no-check "$program" "$1" "$given" > "$work/$1" 2> "$work/$1.err" &&
    tail -n 1 "$work/$1" ||
    printf '{"engine":"%s","failed":"%s"}\n' "$1" "$(tail -c 300 "$work/$1.err" | tr -d '"\\' | tr '\n' ' ')"
}

# Two steps of every experiment made small, beside the processor's.
experiments() {
  NO_COLOR=1 PAIRLAB_TEST_WEBGPU=1 timeout "$limit" "$deno" test -A --no-check "$here/experiments_test.ts" \
    > "$work/experiments" 2>&1
  printf '{"check":"experiments on webgpu","passed":%d,"failed":%d}\n' \
    "$(grep -c 'update .* ok' "$work/experiments")" "$(grep -c 'update .* FAILED' "$work/experiments")"
}

torch() {
  timeout "$limit" "$python" "$here/pytorch_modes.py" "{\"size\":$size,\"steps\":$steps}" 2> "$work/torch.err" ||
    printf '{"peer":"torch","failed":"%s"}\n' "$(tail -n 1 "$work/torch.err" | tr -d '"\\')"
}

card=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2> /dev/null | head -n 1)
{
  printf '{"card":"%s","processor":"%s","system":"%s","time":"%s","results":[\n' \
    "${card:-none}" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" "$(uname -sr)" "$(date -u +%FT%TZ)"
  {
    engine webgpu '["off"]'
    torch
    [ "$program" = "$here/engine_check.js" ] || { engine tensorflow '["off","on"]'; experiments; }
    # Once more, as a card that has become warm is slower.
    torch
  } | paste -sd, -
  printf ']}\n'
} > "$out.part" && mv "$out.part" "$out"
echo "$out"
