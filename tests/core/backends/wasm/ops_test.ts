import { startWasm } from "../../../../core/backends/wasm/backend.ts";
import { describeOps } from "../ops_suite.ts";

describeOps("wasm", {
  start: async () => {
    await startWasm();
  },
});
