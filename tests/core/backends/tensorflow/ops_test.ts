import { describeOps } from "../ops_suite.ts";
import { skip, start } from "./installed.ts";

describeOps("tensorflow", {
  start: async () => {
    await start();
  },
  skip: skip || undefined,
});
