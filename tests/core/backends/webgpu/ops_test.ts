import { startWebgpu } from "../../../../core/backends/webgpu/backend.ts";
import { describeOps } from "../ops_suite.ts";
import { skip } from "./adapter.ts";

describeOps("webgpu", {
  skip: skip || undefined,
  start: async () => {
    await startWebgpu();
  },
});
