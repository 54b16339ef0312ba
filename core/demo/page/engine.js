"use strict";
/** The network, on whichever engine the browser has. */
globalThis.Engine = (() => {
  const NAMES = { webgpu: "WebGPU", webgl: "WebGL", wasm: "WebAssembly" };
  let model;

  /** WebGL without a graphics card is slower than WebAssembly by far. */
  const drawsInSoftware = () => {
    const context = document.createElement("canvas").getContext("webgl");
    const names = context?.getExtension("WEBGL_debug_renderer_info");
    const renderer = names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
    return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
  };

  /** Engines to try, the fastest first. */
  const candidates = () => [
    ...("gpu" in navigator ? ["webgpu"] : []),
    ...(drawsInSoftware() ? ["wasm", "webgl"] : ["webgl", "wasm"]),
  ];

  /** Bytes of a file of the page: beside it, or within it. */
  const read = async (name) => {
    const within = document.getElementById(`file:${name}`);
    if (within === null) {
      const response = await fetch(name);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    }
    const binary = atob(within.textContent);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  };

  const load = async () => {
    const { modelTopology, weightsManifest } = JSON.parse(
      new TextDecoder().decode(await read("model.json")),
    );
    const [{ paths, weights }] = weightsManifest;
    const parts = [];
    for (const path of paths) parts.push(await read(path));
    const weightData = await new Blob(parts).arrayBuffer();
    model = await tf.loadGraphModel({
      load: () => Promise.resolve({ modelTopology, weightSpecs: weights, weightData }),
    });
  };

  /** Starts the engine that is asked for, or the first that works; gives its name. */
  const start = async (wanted) => {
    const reasons = [];
    for (const name of wanted === "auto" ? candidates() : [wanted]) {
      try {
        if (name === "wasm") {
          const bytes = await read("tfjs-backend-wasm-simd.wasm");
          const address = URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));
          tf.wasm.setWasmPaths({
            "tfjs-backend-wasm-simd.wasm": address,
            "tfjs-backend-wasm.wasm": address,
            "tfjs-backend-wasm-threaded-simd.wasm": address,
          });
          tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
        }
        if (!(await tf.setBackend(name))) continue;
        await tf.ready();
        if (model !== undefined) model.dispose();
        await load();
        return { name, words: NAMES[name] };
      } catch (error) {
        reasons.push(`${NAMES[name]}: ${error.message}`);
      }
    }
    const words = wanted === "auto" ? "no engine works" : `${NAMES[wanted]} does not work`;
    throw new Error(`${words} in this browser (${reasons.join("; ")})`);
  };

  /** Levels of a tile to levels of a tile. */
  const predict = async (levels, { height, width }, channels) => {
    const output = tf.tidy(() => {
      const rgb = tf.tensor4d(levels, [1, height, width, 3]);
      const input = channels === 1 ? tf.sum(tf.mul(rgb, [0.2126, 0.7152, 0.0722]), 3, true) : rgb;
      return model.predict(input);
    });
    const values = await output.data();
    output.dispose();
    return values;
  };

  return { start, predict, candidates, NAMES };
})();
